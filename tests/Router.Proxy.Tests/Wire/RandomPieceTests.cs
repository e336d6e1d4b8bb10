using System.Collections.Immutable;
using Router.Testing.Wire;

namespace Router.Proxy.Tests.Wire;

/// <summary>In pieces of any length.</summary>
public sealed class RandomPieceTests : ScriptedServerTests
{
    protected override ImmutableArray<Chunking> Chunkings => [Chunking.OfSeed(1), Chunking.OfSeed(2)];
}
