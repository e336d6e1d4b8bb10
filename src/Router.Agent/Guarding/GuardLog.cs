using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Cluster.Guarding;

namespace Router.Agent.Guarding;

/// <summary>All that guard and keeper say.</summary>
internal static partial class GuardLog
{
    [LoggerMessage(EventId = 5900, Level = LogLevel.Information,
        Message = "Guard of {DataDirectory} started at {Socket}; rehearsal reached {Processes} processes")]
    public static partial void Started(ILogger logger, string dataDirectory, string socket, int processes);

    [LoggerMessage(EventId = 5901, Level = LogLevel.Warning,
        Message = "Guard took over a recorded state: {Duty}, deadline {Deadline}, {Acquisition}")]
    public static partial void Resumed(ILogger logger, GuardDuty duty, BootTime deadline, Acquisition acquisition);

    [LoggerMessage(EventId = 5902, Level = LogLevel.Information,
        Message = "Guard armed until {Deadline} for {Acquisition}")]
    public static partial void Armed(ILogger logger, BootTime deadline, Acquisition acquisition);

    [LoggerMessage(EventId = 5903, Level = LogLevel.Information,
        Message = "Guard disarmed: {Reason}, instance seen {Sighting}")]
    public static partial void Disarmed(ILogger logger, DisarmReason reason, InstanceSighting sighting);

    [LoggerMessage(EventId = 5904, Level = LogLevel.Warning,
        Message = "Guard stays as it is: asked to stand down ({Reason}), but the instance is seen {Sighting}")]
    public static partial void DisarmRefused(ILogger logger, DisarmReason reason, InstanceSighting sighting);

    [LoggerMessage(EventId = 5905, Level = LogLevel.Error,
        Message = "Guard fenced PostgreSQL: the lease of {Acquisition} was not proven in time; {Signalled} processes "
            + "killed, {Refused} refused (errno {LastError}), fenced: {IsFenced}")]
    public static partial void Fenced(
        ILogger logger, Acquisition acquisition, int signalled, int refused, int lastError, bool isFenced);

    [LoggerMessage(EventId = 5906, Level = LogLevel.Information,
        Message = "Agent {AgentPid} registered with the guard")]
    public static partial void AgentRegistered(ILogger logger, int agentPid);

    [LoggerMessage(EventId = 5907, Level = LogLevel.Warning, Message = "Agent {AgentPid} ended without a word")]
    public static partial void AgentLost(ILogger logger, int agentPid);

    [LoggerMessage(EventId = 5908, Level = LogLevel.Warning, Message = "Guard starts the agent again")]
    public static partial void AgentRestarted(ILogger logger);

    [LoggerMessage(EventId = 5909, Level = LogLevel.Error, Message = "Guard could not start the agent: {Reason}")]
    public static partial void AgentRestartFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 5910, Level = LogLevel.Warning,
        Message = "Guard dropped a connection of process {Pid}: {Reason}")]
    public static partial void ConnectionDropped(ILogger logger, int pid, string reason);

    [LoggerMessage(EventId = 5911, Level = LogLevel.Information, Message = "Guard ends")]
    public static partial void Ended(ILogger logger);

    [LoggerMessage(EventId = 5912, Level = LogLevel.Error,
        Message = "Rehearsal of the fence failed: {Refused} processes refused the signal (errno {LastError})")]
    public static partial void RehearsalFailed(ILogger logger, int refused, int lastError);

    [LoggerMessage(EventId = 5920, Level = LogLevel.Information, Message = "Guard {GuardPid} found")]
    public static partial void GuardFound(ILogger logger, int guardPid);

    [LoggerMessage(EventId = 5921, Level = LogLevel.Warning, Message = "Guard {GuardPid} lost: {Reason}")]
    public static partial void GuardLost(ILogger logger, int guardPid, string reason);

    [LoggerMessage(EventId = 5922, Level = LogLevel.Error, Message = "No guard could be started: {Reason}")]
    public static partial void GuardNotStarted(ILogger logger, string reason);
}
