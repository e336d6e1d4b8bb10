using System.Globalization;
using Microsoft.Extensions.Logging;
using Router.Protocol;
using Router.Proxy.Manners;
using Router.Proxy.Pooling;
using Router.Proxy.Sessions;

namespace Router.Proxy.Console;

/// <summary>The commands of the console that change something. They are answered once they are carried out.</summary>
internal sealed class OperatorCommands(LiveOptions options, PoolOperator orders, ILogger logger)
{
    /// <summary>The process around the proxy; null: nobody carries out what is ordered of it.</summary>
    public IProxyOperations? Operations { get; set; }

    /// <param name="given">Fires where the operator does not wait for the answer any longer; the order stays.</param>
    /// <returns>Null where there is no such command.</returns>
    public async Task<ConsoleAnswer?> RunAsync(ConsoleCommand command, CancellationToken given)
    {
        // A value that is set may be anything; PgBouncer does not repeat it either.
        var argument = command.Argument is { } said && command.Value is null ? $" '{said}'" : "";
        ProxyLog.Ordered(logger, command.Verb + argument);
        return await CarryOutAsync(command, given);
    }

    private async Task<ConsoleAnswer?> CarryOutAsync(ConsoleCommand command, CancellationToken given) => command switch
    {
        { Verb: "PAUSE", Argument: var database } => await PauseAsync(database, given),
        { Verb: "RESUME", Argument: var database } => Resume(database),
        { Verb: "SUSPEND", Argument: null } => Suspend(),
        { Verb: "DISABLE" or "ENABLE", Argument: var database } => Open(command.Verb, database),
        { Verb: "RECONNECT", Argument: var database } => await ReconnectAsync(database),
        { Verb: "WAIT_CLOSE", Argument: var database } => await WaitCloseAsync(database, given),
        { Verb: "KILL", Argument: var database } => await KillAsync(database),
        { Verb: "KILL_CLIENT", Argument: var client } => await KillClientAsync(client),
        { Verb: "RELOAD", Argument: null } => await ReloadAsync(),
        { Verb: "SET", Argument: { } key, Value: { } value } => await SetAsync(key, value),
        { Verb: "SHUTDOWN", Argument: var mode } => await ShutdownAsync(mode, given),
        _ => null,
    };

    /// <summary>The last operator has left: nobody is there to lift a SUSPEND.</summary>
    public void OnLastOperatorLeft() =>
        orders.TryChange(static now => now.IsSuspended ? now with { IsSuspended = false } : null);

    private async Task<ConsoleAnswer> PauseAsync(string? database, CancellationToken given)
    {
        if (IsPausedOrSuspended())
        {
            return Failed("already suspended/paused");
        }

        if (database is not null && ProblemWith(database, "pause") is { } problem)
        {
            return problem;
        }

        orders.TryChange(now => database is null ? now with { IsPaused = true } : now with { Paused = now.Paused.Add(database) });
        await orders.WaitUntilClosedAsync(database, given);
        return (database is null ? orders.Now.IsPaused : orders.Now.ClosesFree(database))
            ? new ConsoleAnswer("PAUSE")
            : Failed("pause failed");
    }

    private ConsoleAnswer Resume(string? database)
    {
        if (orders.Now.IsShuttingDown)
        {
            return Failed("pooler is shutting down");
        }

        if (database is null)
        {
            return orders.TryChange(static now =>
                now.IsPaused || now.IsSuspended ? now with { IsPaused = false, IsSuspended = false } : null)
                ? new ConsoleAnswer("RESUME")
                : Failed("pooler is not paused/suspended");
        }

        if (database != AdminConsole.Database && ProblemWith(database, "resume") is { } problem)
        {
            return problem;
        }

        return orders.TryChange(now => now.Paused.Contains(database) ? now with { Paused = now.Paused.Remove(database) } : null)
            ? new ConsoleAnswer("RESUME")
            : Failed($"database {database} is not paused");
    }

    private ConsoleAnswer Suspend()
    {
        if (IsPausedOrSuspended())
        {
            return Failed("already suspended/paused");
        }

        return orders.TryChange(static now => now.Paused.IsEmpty ? now with { IsSuspended = true } : null)
            ? new ConsoleAnswer("SUSPEND")
            : Failed("cannot suspend with paused databases");
    }

    private ConsoleAnswer Open(string verb, string? database)
    {
        if (database is null)
        {
            return Failed("a database is required");
        }

        if (ProblemWith(database, "disable") is { } problem)
        {
            return problem;
        }

        orders.TryChange(now => now with
        {
            Disabled = verb == "DISABLE" ? now.Disabled.Add(database) : now.Disabled.Remove(database),
        });
        return new ConsoleAnswer(verb);
    }

    private async Task<ConsoleAnswer> ReconnectAsync(string? database)
    {
        if (database is not null && ProblemWith(database, "reconnect") is { } problem)
        {
            return problem;
        }

        await orders.ReconnectAsync(database);
        return new ConsoleAnswer("RECONNECT");
    }

    private async Task<ConsoleAnswer> WaitCloseAsync(string? database, CancellationToken given)
    {
        if (database is not null && ProblemWith(database, "wait in") is { } problem)
        {
            return problem;
        }

        await orders.WaitUntilReplacedAsync(database, given);
        return new ConsoleAnswer("WAIT_CLOSE");
    }

    private async Task<ConsoleAnswer> KillAsync(string? database)
    {
        if (IsPausedOrSuspended())
        {
            return Failed("already suspended/paused");
        }

        if (database is not null && ProblemWith(database, "kill") is { } problem)
        {
            return problem;
        }

        orders.TryChange(now => database is null ? now with { IsPaused = true } : now with { Paused = now.Paused.Add(database) });
        await orders.EndClientsAsync(database, CutReason.DatabaseRemoved);
        return new ConsoleAnswer("KILL");
    }

    private async Task<ConsoleAnswer> KillClientAsync(string? client) =>
        !long.TryParse(client, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? Failed("invalid client pointer supplied")
            : await orders.EndClientAsync(id) ? new ConsoleAnswer("KILL_CLIENT") : Failed("client not found");

    private async Task<ConsoleAnswer> ReloadAsync() => Operations is { } operations && await operations.ReloadAsync()
        ? new ConsoleAnswer("RELOAD")
        : ConsoleAnswer.Failed(SqlState.ConfigFileError, "RELOAD failed, see logs for additional details");

    private async Task<ConsoleAnswer> SetAsync(string key, string value)
    {
        if (ConsoleConstants.Find(key) is not null)
        {
            return new ConsoleAnswer("SET", Notice: Refusals.Notice(options.Now.Personality, "SET ignored"));
        }

        return Operations is { } operations && await operations.SetAsync(key, value)
            ? new ConsoleAnswer($"SET {key}={value}")
            : Failed("SET failed");
    }

    /// <summary>Null where the mode has another name, or nobody could carry it out.</summary>
    private async Task<ConsoleAnswer?> ShutdownAsync(string? argument, CancellationToken given)
    {
        ShutdownMode? mode = argument?.ToUpperInvariant() switch
        {
            null => ShutdownMode.Immediate,
            "WAIT_FOR_SERVERS" => ShutdownMode.WaitForServers,
            "WAIT_FOR_CLIENTS" => ShutdownMode.WaitForClients,
            _ => null,
        };
        if (mode is null || Operations is not { } operations)
        {
            return null;
        }

        operations.Shutdown(mode.Value);
        if (mode == ShutdownMode.Immediate)
        {
            // No answer: the connection ends with the process.
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, given);
        }

        return new ConsoleAnswer("SHUTDOWN");
    }

    private bool IsPausedOrSuspended() => orders.Now is { IsPaused: true } or { IsSuspended: true };

    private ConsoleAnswer? ProblemWith(string database, string verb) =>
        database == AdminConsole.Database ? Failed($"cannot {verb} admin db: {database}")
        : options.Now.Pool?.Databases.Find(database) is null
            ? ConsoleAnswer.Failed(SqlState.InvalidCatalogName, $"no such database: {database}")
            : null;

    private static ConsoleAnswer Failed(string words) => ConsoleAnswer.Failed(SqlState.ObjectNotInPrerequisiteState, words);
}
