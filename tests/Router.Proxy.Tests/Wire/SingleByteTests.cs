using System.Collections.Immutable;
using Router.Testing.Wire;

namespace Router.Proxy.Tests.Wire;

/// <summary>One byte at a time.</summary>
public sealed class SingleByteTests : ScriptedServerTests
{
    protected override ImmutableArray<Chunking> Chunkings => [Chunking.Single];
}
