using Router.Proxy.Authentication.Ldap;

namespace Router.Proxy.Authentication.Hba;

/// <summary>What stands behind the method of a line: words of the form name=value.</summary>
internal sealed class HbaOptions(AuthType type, IEnumerable<HbaWord> words)
{
    /// <exception cref="FormatException">They do not fit.</exception>
    public AuthDemand ToDemand(HbaConnection connection, IReadOnlyDictionary<string, IdentMap> maps)
    {
        CheckConnection(connection);
        var demand = new AuthDemand(type);
        var ldap = new LdapOptionsReader();
        foreach (var word in words)
        {
            var (name, value) = word.Text.Split('=', 2) is [var left, var right]
                ? (left, right)
                : throw new FormatException("an option has the form name=value");
            if (type == AuthType.Ldap && LdapOptionsReader.Knows(name))
            {
                ldap.Take(name, value);
                continue;
            }

            demand = name switch
            {
                "map" when type is AuthType.Peer or AuthType.Cert => demand with { Map = MapOf(value, maps) },
                "pamservice" when type == AuthType.Pam => demand with { PamService = value },
                "clientcert" when connection == HbaConnection.HostSsl => demand with { Certificate = CertificateOf(value) },
                "clientcert" => throw new FormatException("clientcert belongs to hostssl lines"),
                _ => throw new FormatException($"the method has no option '{name}'"),
            };
        }

        return type == AuthType.Ldap ? demand with { Ldap = ldap.Done() } : demand;
    }

    private void CheckConnection(HbaConnection connection)
    {
        if (type == AuthType.Peer && connection != HbaConnection.Local)
        {
            throw new FormatException("peer is for local lines: only the other end of a unix socket is known");
        }

        if (type == AuthType.Cert && connection != HbaConnection.HostSsl)
        {
            throw new FormatException("cert is for hostssl lines");
        }
    }

    private static IdentMap MapOf(string name, IReadOnlyDictionary<string, IdentMap> maps) =>
        maps.GetValueOrDefault(name) ?? throw new FormatException($"the ident file has no map '{name}'");

    private CertificateDemand CertificateOf(string value) => value switch
    {
        "verify-ca" when type != AuthType.Cert => CertificateDemand.VerifyCa,
        "verify-full" or "1" => CertificateDemand.VerifyFull,
        _ => throw new FormatException($"clientcert={value} does not fit; write verify-ca or verify-full"),
    };
}
