namespace Router.Proxy.Sessions;

/// <summary>What is to become of an error from the backend.</summary>
internal enum ErrorJudgement
{
    /// <summary>Stream it.</summary>
    Pass,

    /// <summary>Keep it back until there is more of it.</summary>
    NeedMore,

    /// <summary>The client must not see it.</summary>
    Stop,
}
