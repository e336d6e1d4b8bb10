using System.Collections.Immutable;
using Router.Configuration.PgBouncer.Entries;

namespace Router.Configuration.PgBouncer.Conversion;

/// <summary>
/// What becomes of the lines of <c>[databases]</c> and <c>[users]</c>, which have no place in a <c>router.yml</c>: comments.
/// </summary>
internal static class EntryRemarks
{
    private const string PerDatabase = "one setting holds for all databases, so far";
    private const string PerUser = "one setting holds for all users, so far";

    public static void Write(YamlText yaml, PgBouncerConfiguration configuration)
    {
        var databases = configuration.Databases;
        yaml.Blank();
        yaml.Comment("[databases]: a client reaches every database of the cluster by its own name, and as its own user.");
        if (!databases.Any(database => database.IsFallback))
        {
            yaml.Comment("There is no entry '*', so PgBouncer refuses names that have none; here the server says which there are.");
        }

        Write(yaml, "databases", databases, DatabaseReason);
        Write(yaml, "users", configuration.Users, _ => PerUser);
    }

    private static void Write<T>(YamlText yaml, string section, ImmutableArray<T> entries, Func<string, string> reasonOf)
        where T : INamedEntry
    {
        foreach (var entry in entries)
        {
            if (entry.Written.IsEmpty)
            {
                yaml.Comment($"{section}: {entry.Name} says nothing ({entry.At})");
            }

            foreach (var pair in entry.Written)
            {
                // A secret is not copied, not even into a comment.
                var text = pair.Key == "password" ? "***" : pair.Text;
                yaml.Comment($"{section}: {entry.Name}: {pair.Key}={text} ({pair.At}): {reasonOf(pair.Key)}");
            }
        }
    }

    private static string DatabaseReason(string key) => key switch
    {
        "host" or "port" or "load_balance_hosts" => "where the members are stands in the store; this should be one of them",
        "dbname" => "a database has no other name here; clients must ask for this one",
        "user" or "password" => "a client logs in to the server as itself, with what auth_file says",
        "auth_user" or "auth_query" or "auth_dbname" => "the users of all databases are looked up in one way",
        "connect_query" => "nothing runs after a login to the server; ALTER DATABASE ... SET may do",
        "client_encoding" or "datestyle" or "timezone" or "application_name" =>
            "parameters are the client's own; ALTER DATABASE ... SET gives a default",
        _ => PerDatabase,
    };
}
