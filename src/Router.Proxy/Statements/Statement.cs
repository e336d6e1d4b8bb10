using Router.Proxy.Traits;

namespace Router.Proxy.Statements;

/// <summary>
/// A prepared statement of a pool: text and parameter types, whoever prepared it under whatever name. On server connections
/// it has a name of ours. Used on the pool's loop only.
/// </summary>
internal sealed class Statement(byte[]? body, byte[] serverName, SqlHint hint)
{
    /// <summary>What running it may do to the session.</summary>
    public SqlHint Hint => hint;

    /// <summary>The body of its Parse behind the name; null where it was too long to be kept.</summary>
    public byte[]? Body { get; set; } = body;

    /// <summary>Its name on server connections; a new one once its plan turned out to be stale.</summary>
    public byte[] ServerName { get; set; } = serverName;

    /// <summary>Clients' names for it and server connections that have it.</summary>
    public int Users { get; set; }
}
