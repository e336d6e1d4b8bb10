namespace Router.Proxy.Routing;

/// <summary>Asks a member by SQL what it is; carried out off the loops.</summary>
public interface IBackendProbe
{
    /// <summary>
    /// <c>pg_is_in_recovery()</c>, the system identifier of <c>pg_control_system()</c> and the timeline of
    /// <c>pg_control_checkpoint()</c> or of the current WAL file, whichever is higher. A member that does not answer is a
    /// fact in the answer, not an exception.
    /// </summary>
    Task<BackendFacts> ProbeAsync(RoutedMember member, CancellationToken aborted);
}
