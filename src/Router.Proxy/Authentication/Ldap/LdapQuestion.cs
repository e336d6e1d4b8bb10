using System.Text;

namespace Router.Proxy.Authentication.Ldap;

/// <summary>Asks a directory whether a user has a password: by a bind under his name, which a search finds where there is one.</summary>
internal static class LdapQuestion
{
    /// <returns>Why he is not let in; null: he is.</returns>
    /// <exception cref="LdapException">It could not be asked.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async Task<string?> AskAsync(LdapOptions options, string user, byte[] password, CancellationToken aborted)
    {
        // A bind without a password is one as nobody, and succeeds.
        if (password.Length == 0)
        {
            return "no password";
        }

        var client = await LdapClient.ConnectAsync(options, aborted).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var (name, problem) = options.BaseDn is null
                ? (LdapNames.Of(options.Prefix, user, options.Suffix), null)
                : await FindAsync(client, options, user, aborted).ConfigureAwait(false);
            if (name is not { Length: > 0 })
            {
                return problem ?? "not a name that can be bound as";
            }

            var answer = await client.BindAsync(name, password, aborted).ConfigureAwait(false);
            return answer.IsPassing ? throw new LdapException($"bind as {name}: {answer.Reason}")
                : answer.Code == LdapResponse.Success ? null
                : $"bind as {name}: {answer.Reason}";
        }
    }

    private static async Task<(string? Name, string? Problem)> FindAsync(
        LdapClient client, LdapOptions options, string user, CancellationToken aborted)
    {
        var answer = await client.BindAsync(
            options.BindDn, Encoding.UTF8.GetBytes(options.BindPassword), aborted).ConfigureAwait(false);
        if (answer.Code != LdapResponse.Success)
        {
            throw new LdapException($"bind as ldapbinddn \"{options.BindDn}\": {answer.Reason}");
        }

        return await client.SearchAsync(options, user, aborted).ConfigureAwait(false) switch
        {
            [] => (null, $"nobody found below {options.BaseDn}"),
            [var name] => (name, null),
            _ => (null, $"more than one found below {options.BaseDn}"),
        };
    }
}
