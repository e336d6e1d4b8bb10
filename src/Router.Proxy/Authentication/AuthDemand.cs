using Router.Proxy.Authentication.Hba;
using Router.Proxy.Authentication.Ldap;

namespace Router.Proxy.Authentication;

/// <summary>What one client has to show; never of <see cref="AuthType.Hba"/>, for that stands for one of the others.</summary>
public sealed record AuthDemand(AuthType Type)
{
    /// <summary>PgBouncer's.</summary>
    public const string PamServiceByDefault = "pgbouncer";

    /// <summary>Which names an account or a certificate may log in under; null: its own.</summary>
    public IdentMap? Map { get; init; }

    /// <summary>What it has to show beside that.</summary>
    public CertificateDemand Certificate { get; init; }

    /// <summary>Which directory is asked; not null for <see cref="AuthType.Ldap"/>.</summary>
    public LdapOptions? Ldap { get; init; }

    /// <summary>By which of PAM's services.</summary>
    public string PamService { get; init; } = PamServiceByDefault;

    /// <summary>The account of the system, or the name of the certificate, may log in as this user.</summary>
    internal bool Allows(string identity, string user) => Map?.Allows(identity, user) ?? identity == user;
}
