using System.Collections.Immutable;

namespace Router.Proxy.Authentication.Ldap;

/// <summary>
/// Which directory is asked, and how a user is found in it: by a name made of prefix, user and suffix, or by a search below
/// <see cref="BaseDn"/>. PgBouncer's <c>auth_ldap_options</c>, and options of an HBA line.
/// </summary>
public sealed record LdapOptions
{
    /// <summary>Tried in their order until one can be connected to.</summary>
    public ImmutableArray<string> Servers { get; init; } = [];

    public int Port { get; init; }

    /// <summary>ldaps: TLS from the first byte.</summary>
    public bool IsSecure { get; init; }

    /// <summary><c>ldaptls</c>: TLS after StartTLS.</summary>
    public bool StartsTls { get; init; }

    public string Prefix { get; init; } = "";

    public string Suffix { get; init; } = "";

    /// <summary>Null: there is no search.</summary>
    public string? BaseDn { get; init; }

    /// <summary>Who searches; empty: anybody.</summary>
    public string BindDn { get; init; } = "";

    public string BindPassword { get; init; } = "";

    internal LdapScope Scope { get; init; } = LdapScope.Subtree;

    internal LdapFilter Filter { get; init; } = LdapFilter.OfAttribute("uid");

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{string.Join(' ', Servers)}:{Port}";
}
