namespace Router.Proxy.Backends;

/// <summary>What became of an attempt to open a backend connection.</summary>
internal abstract record BackendOpening
{
    private BackendOpening()
    {
    }

    /// <summary>The member has taken the StartupMessage and begun to answer; not a byte of the answer is consumed.</summary>
    public sealed record Opened(BackendConnection Backend) : BackendOpening;

    /// <summary>It cannot be reached, or does not take connections now. Nothing has reached the client.</summary>
    /// <param name="Reason">For the log; names the address.</param>
    /// <param name="IsStandby">It said that it is a standby, where a primary was wanted.</param>
    public sealed record Failed(string Reason, bool IsStandby) : BackendOpening;
}
