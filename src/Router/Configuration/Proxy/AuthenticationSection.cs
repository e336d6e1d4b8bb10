using Router.Configuration.PgBouncer.Entries;
using Router.Proxy.Authentication;
using Router.Proxy.Authentication.Ldap;
using Router.Proxy.Authentication.Pam;
using Router.Proxy.Pooling;

namespace Router.Configuration.Proxy;

/// <summary>The keys of a <c>router.yml</c> that say how the clients of pools are let in, by PgBouncer's names.</summary>
internal static class AuthenticationSection
{
    /// <param name="isNeeded">There is pooling, so that the proxy itself lets clients in.</param>
    public static PoolOptions Read(Section root, PoolOptions options, bool isNeeded, Findings findings)
    {
        var type = root.OneOf("auth_type", "", "any", "trust", "plain", "md5", "scram-sha-256", "cert", "peer", "hba", "ldap",
            "pam");
        var (hba, ident) = (root.Text("auth_hba_file"), root.Text("auth_ident_file"));
        var isHba = type == "hba" && isNeeded;
        if (isNeeded && type.Length == 0)
        {
            root.ComplainUnseen("auth_type", "is missing; with pool_mode the proxy itself lets clients in, and must be told how");
        }

        if (isHba && hba is null)
        {
            root.ComplainUnseen("auth_type", "hba needs auth_hba_file");
        }

        if (DatabaseSection.IsReserved(root.Text("auth_dbname") ?? ""))
        {
            root.ComplainUnseen("auth_dbname", "is the console; name a database that has the users");
        }

        var ldap = root.Text("auth_ldap_options");
        options = options with
        {
            Authentication = type switch
            {
                "any" => AuthType.Any,
                "trust" => AuthType.Trust,
                "plain" => AuthType.Plain,
                "md5" => AuthType.Md5,
                "cert" => AuthType.Cert,
                "peer" => AuthType.Peer,
                "hba" => AuthType.Hba,
                "ldap" => AuthType.Ldap,
                "pam" => AuthType.Pam,
                _ => AuthType.ScramSha256,
            },
            Users = UserListFile.Read(root, "auth_file"),
            AuthUser = root.Text("auth_user"),
            AuthQuery = root.Text("auth_query") ?? PoolOptions.AuthQueryByDefault,
            AuthDatabase = root.Text("auth_dbname"),
        };
        if (isNeeded && type == "ldap")
        {
            options = options with { Ldap = ReadLdap(root, ldap) };
        }

        options = isHba && hba is not null ? options with { Hba = HbaFile.Read(hba, ident, "auth_hba_file", findings) } : options;
        if (isNeeded && options.AsksPam && PamLibrary.ProblemOf(PamLibrary.Name) is { } problem)
        {
            root.ComplainUnseen("auth_type", problem);
        }

        return options;
    }

    private static LdapOptions? ReadLdap(Section root, string? text)
    {
        try
        {
            return LdapOptionsReader.Read(text ?? "");
        }
        catch (FormatException refused)
        {
            root.ComplainUnseen("auth_ldap_options", refused.Message);
            return null;
        }
    }
}
