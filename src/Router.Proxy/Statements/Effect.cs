namespace Router.Proxy.Statements;

/// <summary>What a request that is not answered yet has changed in our books, to be taken back should it fail.</summary>
/// <param name="Version">Of an unnamed statement.</param>
internal readonly record struct Effect(EffectKind Kind, PreparedStatement Prepared = default, byte[]? Bytes = null, long Version = 0);
