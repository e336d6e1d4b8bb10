using System.Collections.Immutable;
using Router.Testing.Wire;

namespace Router.Proxy.Tests.Wire;

/// <summary>As the scripts write it.</summary>
public sealed class WholeWriteTests : ScriptedServerTests
{
    protected override ImmutableArray<Chunking> Chunkings => [Chunking.Whole];
}
