namespace Router.Proxy.Sessions;

/// <summary>How a relay phase came to its end.</summary>
internal readonly record struct RelayOutcome
{
    private RelayOutcome(bool isReady, CutReason? cut) => (IsReady, Cut) = (isReady, cut);

    /// <summary>No server is needed for what the client says next; nothing of it has been taken or sent.</summary>
    public static RelayOutcome Local => new(isReady: false, cut: null) { IsLocal = true };

    /// <summary>The client's request must wait, and nothing of it has been sent: any backend will do for it.</summary>
    public static RelayOutcome Unsent => new(isReady: false, cut: null) { IsUnsent = true };

    /// <summary>The client closed its connection or lost it: nobody is there to be told anything.</summary>
    public static RelayOutcome ClientLeft => new(isReady: false, cut: null);

    /// <summary>ReadyForQuery has been passed on, and the phase was to end there.</summary>
    public static RelayOutcome Ready => new(isReady: true, cut: null);

    public bool IsReady { get; }

    public bool IsLocal { get; private init; }

    public bool IsUnsent { get; private init; }

    /// <summary>Why the proxy must end the session; null where it need not.</summary>
    public CutReason? Cut { get; }

    public static RelayOutcome Because(CutReason reason) => new(isReady: false, reason);
}
