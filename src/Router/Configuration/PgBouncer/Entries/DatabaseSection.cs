using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.PgBouncer.Settings;

namespace Router.Configuration.PgBouncer.Entries;

/// <summary>Reads the entries of <c>[databases]</c>.</summary>
internal static class DatabaseSection
{
    /// <summary>The database whose clients talk to the pooler itself.</summary>
    private const string Console = "pgbouncer";

    private static readonly SettingKind<LoadBalanceHosts> HostChoices = SettingKinds.OneOf(
        ("round-robin", LoadBalanceHosts.RoundRobin), ("disable", LoadBalanceHosts.Disable));

    /// <summary>Null where it is no good.</summary>
    public static DatabaseEntry? Read(IniEntry entry, Findings findings)
    {
        var path = $"databases.{entry.Key}";
        if (IsReserved(entry.Key))
        {
            findings.Error(entry.KeyAt, path, "this name is the console's; give the entry another one");
            return null;
        }

        // PgBouncer reads the fallback when a client first needs it, so a slip there keeps it from nothing but that.
        var severity = entry.Key == DatabaseEntry.Fallback ? FindingSeverity.Warning : FindingSeverity.Error;
        if (EntryFields.Of(entry, path, findings, severity) is not { } fields)
        {
            return null;
        }

        var database = Read(entry, fields);
        if (database.AuthDatabaseName is { } authDatabase && IsReserved(authDatabase))
        {
            fields.Complain("auth_dbname", "it is the console; name a database that has the users");
        }

        fields.ReportUnknown();
        return fields.IsGood ? database : null;
    }

    public static bool IsReserved(string name) => name == Console;

    private static DatabaseEntry Read(IniEntry entry, EntryFields fields) => new()
    {
        Name = entry.Key,
        At = entry.KeyAt,
        Written = fields.Pairs,
        DatabaseName = fields.Text("dbname"),
        Hosts = fields.List("host"),
        Port = fields.Port("port", 5432),
        User = fields.Text("user"),
        Password = fields.Secret("password"),
        AuthUser = fields.Text("auth_user"),
        AuthQuery = fields.Text("auth_query"),
        AuthDatabaseName = fields.Text("auth_dbname"),
        ClientEncoding = fields.Text("client_encoding"),
        DateStyle = fields.Text("datestyle"),
        TimeZone = fields.Text("timezone"),
        ApplicationName = fields.Text("application_name"),
        ConnectQuery = fields.Text("connect_query"),
        PoolSize = fields.Number("pool_size"),
        MinPoolSize = fields.Number("min_pool_size"),
        ReservePoolSize = fields.Number("reserve_pool_size") ?? fields.Number("reserve_pool"),
        MaxDatabaseConnections = fields.Number("max_db_connections"),
        MaxDatabaseClientConnections = fields.Number("max_db_client_connections"),
        ServerLifetime = fields.Seconds("server_lifetime"),
        QueryWaitTimeout = fields.Seconds("query_wait_timeout"),
        PoolMode = fields.Choice("pool_mode", SettingTable.PoolModes),
        LoadBalanceHosts = fields.Choice("load_balance_hosts", HostChoices),
    };
}
