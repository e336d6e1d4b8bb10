namespace Router.Postgres.Tools;

/// <summary>Reads in a program's last words that a server refused the login, and names the setting to look at.</summary>
internal static class LoginAdvice
{
    public const string Replication = "postgresql.authentication.replication";

    private static readonly string[] WrongLogin =
        ["password authentication failed for user", "no password supplied", "FATAL:  role \""];

    /// <summary>The advice as the end of a sentence; null where it is something else that failed.</summary>
    /// <param name="failure">What the program said, with PostgreSQL's messages in English.</param>
    /// <param name="login">The setting that holds the login.</param>
    public static string? Of(string failure, string login)
    {
        if (!failure.Contains("FATAL:", StringComparison.Ordinal))
        {
            return null;
        }

        return Array.Exists(WrongLogin, words => failure.Contains(words, StringComparison.Ordinal))
            ? $"look at {login}: this member's and the leader's must be alike"
            : failure.Contains("no pg_hba.conf entry", StringComparison.Ordinal)
            || failure.Contains("pg_hba.conf rejects", StringComparison.Ordinal)
            ? "look at the leader's postgresql.pg_hba"
            : null;
    }
}
