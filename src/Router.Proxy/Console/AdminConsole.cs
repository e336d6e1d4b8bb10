using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;

namespace Router.Proxy.Console;

/// <summary>
/// The commands of the console, PgBouncer's and ours. One for the proxy; callable from any thread.
/// </summary>
internal sealed class AdminConsole(
    LiveOptions options, PoolDirectories pools, IClusterViewSource views, ProxyCounters counters, TimeProvider time)
{
    /// <summary>The virtual database, and the only one that the console has.</summary>
    public const string Database = "pgbouncer";

    /// <summary>Whose SHOW commands and columns these are.</summary>
    public const string CompatibleVersion = "1.25.2";

    private const string Usage =
        "SHOW HELP|CLIENTS|CONFIG|DATABASES|LISTS|POOLS|ROUTES|SERVERS|STATE|STATS|STATS_AVERAGES|STATS_TOTALS|TOTALS|VERSION";

    public StatsAverages Averages { get; } = new();

    public async Task<ConsoleAnswer> RunAsync(string sql)
    {
        if (ConsoleCommand.Parse(sql) is not { } command)
        {
            return Unknown(sql);
        }

        return command switch
        {
            { Verb: "" } => new ConsoleAnswer(""),
            { Verb: "SHOW", Argument: { } what } when what.Equals("HELP", StringComparison.OrdinalIgnoreCase) => Help(),
            { Verb: "SHOW", Argument: { } what } when await ShowAsync(what) is { } table => new ConsoleAnswer("SHOW", table),
            _ => Unknown(sql),
        };
    }

    /// <summary>All pools of all loops.</summary>
    public async Task<PoolsFact> LookAsync()
    {
        var now = time.GetUtcNow();
        var pooling = options.Now.Pool ?? new PoolOptions();
        return PoolsFact.Of(await pools.AskAsync(directory => PoolObserver.Look(directory, pooling, now)));
    }

    /// <summary>Null for what nobody knows.</summary>
    private async Task<ConsoleTable?> ShowAsync(string what)
    {
        var facts = await LookAsync();
        var totals = facts.StatsOfDatabases();
        return what.ToUpperInvariant() switch
        {
            "CLIENTS" => ConnectionTables.Clients(facts.Clients),
            "SERVERS" => ConnectionTables.Servers(facts.Servers),
            "POOLS" => PoolTables.Pools(facts.Pools),
            "STATS" => PoolTables.Stats(totals, Averages.Now),
            "STATS_TOTALS" => PoolTables.StatsTotals(totals),
            "STATS_AVERAGES" => PoolTables.StatsAverages(Averages.Now),
            "TOTALS" => PoolTables.Totals(Sum(totals), Sum(Averages.Now)),
            "DATABASES" => SettingTables.Databases(facts, options.Now, views.Current),
            "LISTS" => SettingTables.Lists(facts, options.Now),
            "CONFIG" => SettingTables.Config(options.Now),
            "STATE" => SettingTables.State(),
            "ROUTES" => SettingTables.Routes(views.Current, counters),
            "VERSION" => SettingTables.Version(CompatibleVersion),
            _ => null,
        };
    }

    private static StatsFact Sum(IReadOnlyDictionary<string, StatsFact> facts) =>
        facts.Values.Aggregate(default(StatsFact), static (sum, fact) => sum + fact);

    private static ConsoleAnswer Help() => new(
        "SHOW",
        Notice: new ErrorResponse(ErrorSeverity.Notice, "00000", "Console usage") { Detail = Usage });

    private static ConsoleAnswer Unknown(string sql) =>
        ConsoleAnswer.Failed(SqlState.SyntaxError, $"invalid command '{sql.Trim()}', use SHOW HELP;");
}
