using Microsoft.Extensions.Logging;
using Router.Protocol;
using Router.Proxy.Listening;
using Router.Proxy.Manners;
using Router.Proxy.Peers;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;

namespace Router.Proxy.Console;

/// <summary>
/// The commands of the console, PgBouncer's and ours. One for the proxy; callable from any thread.
/// </summary>
internal sealed class AdminConsole(
    LiveOptions options,
    PoolDirectories pools,
    PeerDirectory peers,
    PoolOperator orders,
    PoolBudget budget,
    ClientCounts clients,
    IClusterViewSource views,
    ProxyCounters counters,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>The virtual database, and the only one that the console has.</summary>
    public const string Database = "pgbouncer";

    /// <summary>Whose SHOW commands and columns these are.</summary>
    public const string CompatibleVersion = "1.25.2";

    private readonly OperatorCommands _commands = new(options, orders, logger);

    public StatsAverages Averages { get; } = new();

    public Personality Personality => options.Now.Personality;

    public void Attach(IProxyOperations operations) => _commands.Operations = operations;

    public ConsoleClients Clients { get; } = new();

    /// <summary>A client has left the console.</summary>
    public void OnLeft(ConsoleSession session)
    {
        Clients.Leave(session);
        if (!Clients.HasOperator)
        {
            _commands.OnLastOperatorLeft();
        }
    }

    /// <param name="given">Fires where the client does not wait for the answer any longer.</param>
    public async Task<ConsoleAnswer> RunAsync(string sql, ConsoleRights rights, CancellationToken given)
    {
        Clients.Count();
        if (ConsoleCommand.Parse(sql) is not { } command)
        {
            return Unknown(sql);
        }

        return command switch
        {
            { Verb: "" } when Personality == Personality.Router => new ConsoleAnswer(""),
            { IsTooLong: true } => ConsoleAnswer.Failed(SqlState.SyntaxError, "bad arguments"),
            { Verb: "SHOW", Argument: { } what } => await ShowAsync(what.ToUpperInvariant(), rights) ?? Unknown(sql),
            _ when rights == ConsoleRights.Admin => await _commands.RunAsync(command, given) ?? Unknown(sql),
            _ => NoRight(),
        };
    }

    /// <summary>All pools of all loops.</summary>
    public async Task<PoolsFact> LookAsync()
    {
        var now = time.GetUtcNow();
        return PoolsFact.Of(await pools.AskAsync(directory => PoolObserver.Look(directory, now)));
    }

    /// <summary>The same, and the console's own clients.</summary>
    public async Task<PoolsFact> LookEverywhereAsync() => Clients.AddTo(await LookAsync());

    /// <summary>Null for what nobody knows.</summary>
    private async Task<ConsoleAnswer?> ShowAsync(string what, ConsoleRights rights) => what switch
    {
        "HELP" => new ConsoleAnswer("SHOW", Notice: Refusals.Notice(Personality, "Console usage") with
        {
            Detail = ConsoleUsage.Text,
            IsTerse = false,
        }),
        "FDS" when rights != ConsoleRights.Admin => NoRight(),
        _ when ConsoleConstants.Table(what) is { } constant => new ConsoleAnswer("SHOW", constant),
        _ when await TableAsync(what) is { } table => new ConsoleAnswer("SHOW", table),
        _ => null,
    };

    private async Task<ConsoleTable?> TableAsync(string what)
    {
        var facts = await LookEverywhereAsync();
        var totals = facts.StatsOfDatabases();
        return what switch
        {
            "CLIENTS" => ConnectionTables.Clients(facts.Clients),
            "SERVERS" => ConnectionTables.Servers(facts.Servers),
            "SOCKETS" => SocketTables.All(facts),
            "ACTIVE_SOCKETS" => SocketTables.Active(facts),
            "POOLS" => PoolTables.Pools(facts.Pools),
            "STATS" => PoolTables.Stats(totals, Averages.Now),
            "STATS_TOTALS" => PoolTables.StatsTotals(totals),
            "STATS_AVERAGES" => PoolTables.StatsAverages(Averages.Now),
            "TOTALS" => PoolTables.Totals(StatsFact.Sum(totals), StatsFact.Sum(Averages.Now)),
            "DATABASES" => DatabaseTable.Of(facts, options.Now, views.Current, orders.Now, clients),
            "USERS" => UserTable.Of(options.Now.Pool ?? new PoolOptions(), budget, clients),
            "LISTS" => SettingTables.Lists(facts, options.Now, peers.All.Count()),
            "CONFIG" => SettingTables.Config(_commands.Operations?.Settings() ?? OptionFacts.Of(options.Now)),
            "STATE" => SettingTables.State(orders.Now),
            "ROUTES" => SettingTables.Routes(views.Current, counters),
            "HISTOGRAMS" => TimeTable.Of(facts.Pools),
            "PINS" => ConnectionTables.Pins(facts.Clients),
            "PREPARED" => PreparedFact.Table(facts.Prepared),
            "VERSION" => SettingTables.Version(CompatibleVersion, Personality),
            "FDS" => EmptyTables.Descriptors(),
            "MEM" => EmptyTables.Memory(facts, options.Now.Pool ?? new PoolOptions()),
            "DNS_HOSTS" => EmptyTables.DnsHosts(),
            "DNS_ZONES" => EmptyTables.DnsZones(),
            "PEERS" => PeerTables.Peers(peers.All),
            "PEER_POOLS" => PeerTables.PeerPools(peers.All),
            _ => null,
        };
    }

    private static ConsoleAnswer NoRight() => ConsoleAnswer.Failed(SqlState.InsufficientPrivilege, "admin access needed");

    private static ConsoleAnswer Unknown(string sql) =>
        ConsoleAnswer.Failed(SqlState.SyntaxError, $"invalid command '{sql}', use SHOW HELP;");
}
