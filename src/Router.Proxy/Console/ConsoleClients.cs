using System.Collections.Concurrent;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;

namespace Router.Proxy.Console;

/// <summary>Who is on the console, as a pool of its own, and what they have asked. Callable from any thread.</summary>
internal sealed class ConsoleClients
{
    private static readonly PoolKey Key = new(ListenerKind.Primary, AdminConsole.Database, AdminConsole.Database);

    private readonly ConcurrentDictionary<ConsoleSession, ConsoleRights> _sessions = new();
    private long _commands;
    private long _logins;

    /// <summary>Somebody is there who may lift what was ordered.</summary>
    public bool HasOperator => _sessions.Values.Contains(ConsoleRights.Admin);

    public void Enter(ConsoleSession session, ConsoleRights rights)
    {
        _sessions[session] = rights;
        Interlocked.Increment(ref _logins);
    }

    public void Leave(ConsoleSession session) => _sessions.TryRemove(session, out _);

    public void Count() => Interlocked.Increment(ref _commands);

    /// <summary>The same with the console among the pools, as soon as somebody has used it.</summary>
    public PoolsFact AddTo(PoolsFact facts)
    {
        var logins = Interlocked.Read(ref _logins);
        if (logins == 0)
        {
            return facts;
        }

        var commands = Interlocked.Read(ref _commands);
        var clients = _sessions.Keys.Select(static session => session.Look(Key)).ToList();
        var pool = new PoolFact(Key, PoolMode.Statement)
        {
            ClientsActive = clients.Count,
            Stats = new StatsFact(0, commands, commands, 0, 0, 0, 0, 0, logins),
        };
        return facts with { Pools = [.. facts.Pools, pool], Clients = [.. facts.Clients, .. clients] };
    }
}
