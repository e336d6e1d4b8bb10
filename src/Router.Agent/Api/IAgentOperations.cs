namespace Router.Agent.Api;

/// <summary>
/// What the REST API hands to the agent's cycle, because it changes the local instance or the cycle's own memory.
/// Callers come from any thread; the implementation queues and wakes the cycle.
/// </summary>
public interface IAgentOperations
{
    /// <summary>Something in the store has changed by our own hand: decide now. Never waits; calls coalesce.</summary>
    void Wake();

    /// <summary>Restarts the instance now if the filter fits, and completes when the restart has ended.</summary>
    Task<OperationAnswer> RestartAsync(RestartFilter filter, CancellationToken aborted);

    /// <summary>False: another restart is already scheduled.</summary>
    bool TryScheduleRestart(RestartSchedule restart);

    /// <summary>False: none was scheduled.</summary>
    bool DeleteScheduledRestart();

    /// <summary>
    /// Asks for a new copy of the data. Returns at once: success means that it has been queued; otherwise the text is
    /// the reason, <c>restart already in progress</c> for example.
    /// </summary>
    /// <param name="force">Ends an operation that runs.</param>
    /// <param name="fromLeader">Copies from the leader whatever the configured methods are.</param>
    OperationAnswer Reinitialize(bool force, bool fromLeader);

    /// <summary>Reads the configuration file again at the start of the next cycle, as SIGHUP does.</summary>
    void Reload();

    /// <summary>
    /// A leader that cannot reach the store asks this member to bear with it for one ttl. False: this member runs as a
    /// primary itself.
    /// </summary>
    bool TryAcceptFailsafe(FailsafeCall call);
}
