using Router.Postgres.Files;
using Router.Postgres.Options;

namespace Router.Postgres.Operations;

/// <summary>The SQL that makes the users of a new cluster; pure.</summary>
internal static class UserStatements
{
    /// <summary>What pg_rewind calls on its source (PostgreSQL's manual, pg_rewind, notes).</summary>
    private static readonly string[] RewindFunctions =
    [
        "pg_ls_dir(text, boolean, boolean)",
        "pg_stat_file(text, boolean)",
        "pg_read_binary_file(text)",
        "pg_read_binary_file(text, bigint, bigint, boolean)",
    ];

    /// <summary>In order, on one session. The first ones keep the passwords of the others out of the server's log.</summary>
    public static IEnumerable<string> For(PostgresOptions options)
    {
        foreach (var parameter in (string[])["log_statement = 'none'", "log_min_duration_statement = -1",
            "log_min_error_statement = 'panic'", "log_min_messages = 'panic'", "log_duration = off",
            "password_encryption = 'scram-sha-256'", "synchronous_commit = 'local'"])
        {
            yield return $"SET {parameter}";
        }

        yield return CreateRole(options.Replication, "REPLICATION LOGIN", options);
        if (options.Rewind is { } rewind && rewind.UserName != options.Superuser.UserName)
        {
            yield return CreateRole(rewind, "LOGIN", options);
            foreach (var function in RewindFunctions)
            {
                yield return $"GRANT EXECUTE ON FUNCTION pg_catalog.{function} TO {HbaDefaults.Quote(rewind.UserName)}";
            }
        }
    }

    private static string CreateRole(PostgresCredentials user, string attributes, PostgresOptions options)
    {
        var password = user.Password is { } given
            ? $" PASSWORD '{given.Replace("'", "''", StringComparison.Ordinal)}'"
            : "";
        var name = HbaDefaults.Quote(user.UserName);

        // One user may serve for two purposes; the superuser is there already and has its password from initdb.
        return user.UserName == options.Superuser.UserName ? $"ALTER ROLE {name} WITH {attributes}"
            : user.UserName == options.Replication.UserName && attributes == "LOGIN" ? $"ALTER ROLE {name} WITH LOGIN"
            : $"CREATE ROLE {name} WITH {attributes}{password}";
    }
}
