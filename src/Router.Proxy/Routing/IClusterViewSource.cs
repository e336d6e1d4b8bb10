namespace Router.Proxy.Routing;

/// <summary>The newest view of where sessions may go. One owner publishes; everybody reads.</summary>
public interface IClusterViewSource
{
    /// <summary>One volatile read.</summary>
    RoutingView Current { get; }

    /// <summary>Completes with the newest view once its version is above <paramref name="seenVersion"/>.</summary>
    Task<RoutingView> WaitForChangeAsync(long seenVersion, CancellationToken aborted);

    /// <summary>
    /// A backend of this primary has said that it is a standby: from here on it is none, until it is verified again.
    /// Callable from any thread.
    /// </summary>
    void ReportStandby(PrimaryIdentity identity);
}
