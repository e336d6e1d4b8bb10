namespace Router.Proxy.Listening;

/// <summary>A session that a cancel request may be for. Callable from any thread.</summary>
internal interface ICancelTarget
{
    /// <summary>Where the request is to go now; null where nothing of the client's is running.</summary>
    Task<CancelAim?> AimAsync();

    /// <summary>The request has been passed on, or could not be.</summary>
    void OnCancelEnded(CancelAim aim);
}
