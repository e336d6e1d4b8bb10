using Router.Proxy.Pooling;

namespace Router.Proxy.Console;

/// <summary>Looks at the pools of a loop, on that loop.</summary>
internal static class PoolObserver
{
    public static PoolsFact Look(PoolDirectory directory, DateTimeOffset now)
    {
        var (pools, clients, servers) = (new List<PoolFact>(), new List<ConnectionFact>(), new List<ConnectionFact>());
        var prepared = new List<PreparedFact>();
        foreach (var pool in directory.Pools)
        {
            pools.Add(Look(pool));
            clients.AddRange(pool.Clients.Select(client => client.Look(now)));
            prepared.AddRange(pool.Statements.All.Select(statement => PreparedFact.Of(pool, statement)));
            servers.AddRange(pool.Backends.Select(backend => Look(pool, backend, now)));
        }

        return new PoolsFact(pools, clients, servers, prepared);
    }

    private static PoolFact Look(BackendPool pool)
    {
        var states = pool.Backends.ToLookup(backend => StateOf(pool, backend));
        return new PoolFact(pool.Key, pool.Options.Mode)
        {
            ClientsActive = pool.Clients.Count - pool.WaitingCount,
            ClientsWaiting = pool.WaitingCount,
            ServersActive = states["active"].Count(),
            ServersBeingCanceled = states["being_canceled"].Count(),
            ServersIdle = states["idle"].Count(),
            ServersUsed = states["used"].Count(),
            ServersTested = states["tested"].Count(),
            ServersLogin = pool.OpeningCount,
            ClientsPinned = pool.Clients.Count(static client => client.Pin is not null),
            MaxWait = pool.OldestWait is { } since ? pool.Loop.Time.GetElapsedTime(since) : TimeSpan.Zero,
            Stats = StatsFact.Of(pool.Stats),
            LoginTimes = pool.Stats.LoginTimes.Look(),
            WaitTimes = pool.Stats.WaitTimes.Look(instant: pool.Stats.Assignments - pool.Stats.WaitTimes.Count),
            TransactionTimes = pool.Stats.TransactionTimes.Look(),
            QueryTimes = pool.Stats.QueryTimes.Look(),
        };
    }

    private static ConnectionFact Look(BackendPool pool, PooledBackend backend, DateTimeOffset now)
    {
        var time = pool.Loop.Time;
        var link = pool.Clients.FirstOrDefault(client => client.Backend == backend);
        return new ConnectionFact(backend.Id, pool.Key, StateOf(pool, backend))
        {
            Peer = backend.Backend.EndPoint,
            Local = backend.Connection.LocalEndPoint,
            ConnectedAt = now - time.GetElapsedTime(backend.CreatedAt),
            RequestedAt = now - time.GetElapsedTime(backend.IdleSince),
            IsCloseNeeded = backend.CloseReason is not null,
            Link = link?.Id,
            Replication = backend.Profile.Replication,
            Tls = backend.Connection.Tls,
            PreparedStatements = backend.Statements.Count,
            RemotePid = backend.Key?.ProcessId ?? 0,
            ApplicationName = backend.Parameters.Find("application_name") ?? "",
        };
    }

    private static string StateOf(BackendPool pool, PooledBackend backend) => backend.State switch
    {
        PooledBackendState.Active => "active",
        PooledBackendState.Tested => backend.CancelsInFlight > 0 ? "being_canceled" : "tested",
        _ => pool.Loop.Time.GetElapsedTime(backend.IdleSince) > pool.Options.CheckDelay ? "used" : "idle",
    };
}
