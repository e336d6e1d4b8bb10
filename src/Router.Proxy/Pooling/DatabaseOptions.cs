using Router.Cluster;
using Router.Protocol.Authentication;
using Router.Protocol.Messages;

namespace Router.Proxy.Pooling;

/// <summary>A database that clients may ask for: where it is, and what it has for itself. Immutable.</summary>
public sealed record DatabaseOptions(string Name)
{
    public DatabaseTarget Target { get; init; } = new();

    /// <summary><c>password</c> of the forced user; null: what the user list says of the name.</summary>
    public StoredPassword? Password { get; init; }

    /// <summary>Startup parameters of its server connections, which hold for clients that do not bring their own.</summary>
    public EquatableList<StartupParameter> Parameters { get; init; }

    public PoolOverrides Overrides { get; init; } = PoolOverrides.None;

    /// <summary><c>auth_user</c>, <c>auth_query</c>, <c>auth_dbname</c>; null: those of the proxy.</summary>
    public string? AuthUser { get; init; }

    /// <inheritdoc cref="AuthUser"/>
    public string? AuthQuery { get; init; }

    /// <inheritdoc cref="AuthUser"/>
    public string? AuthDatabase { get; init; }

    /// <summary>It has no entry of its own: made from the one for all other names.</summary>
    public bool IsAutomatic { get; init; }

    /// <summary>Who is logged in to the server where this user comes.</summary>
    public string PoolUserOf(string user) => Target.User ?? user;
}
