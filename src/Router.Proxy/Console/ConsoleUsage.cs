namespace Router.Proxy.Console;

/// <summary>What SHOW HELP says.</summary>
internal static class ConsoleUsage
{
    public const string Text = """

        	SHOW HELP|CONFIG|DATABASES|POOLS|CLIENTS|SERVERS|USERS|VERSION
        	SHOW PEERS|PEER_POOLS
        	SHOW FDS|SOCKETS|ACTIVE_SOCKETS|LISTS|MEM|STATE
        	SHOW DNS_HOSTS|DNS_ZONES
        	SHOW STATS|STATS_TOTALS|STATS_AVERAGES|TOTALS
        	SHOW ROUTES|PINS|PREPARED|HISTOGRAMS
        	SET key = arg
        	RELOAD
        	PAUSE [<db>]
        	RESUME [<db>]
        	DISABLE <db>
        	ENABLE <db>
        	RECONNECT [<db>]
        	KILL [<db>]
        	KILL_CLIENT <client_id>
        	SUSPEND
        	SHUTDOWN
        	SHUTDOWN WAIT_FOR_SERVERS|WAIT_FOR_CLIENTS
        	WAIT_CLOSE [<db>]
        """;
}
