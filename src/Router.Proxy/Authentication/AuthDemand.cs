using Router.Proxy.Authentication.Hba;

namespace Router.Proxy.Authentication;

/// <summary>What one client has to show; never of <see cref="AuthType.Hba"/>, for that stands for one of the others.</summary>
public sealed record AuthDemand(AuthType Type)
{
    /// <summary>Which names an account or a certificate may log in under; null: its own.</summary>
    public IdentMap? Map { get; init; }

    /// <summary>What it has to show beside that.</summary>
    public CertificateDemand Certificate { get; init; }

    /// <summary>The account of the system, or the name of the certificate, may log in as this user.</summary>
    internal bool Allows(string identity, string user) => Map?.Allows(identity, user) ?? identity == user;
}
