namespace Router.Dcs.InMemory;

/// <summary>What is wrong between one client and the store. A value; set whole on <see cref="InMemoryDcs.Faults"/>.</summary>
public sealed record InMemoryFaults
{
    public static readonly InMemoryFaults None = new();

    /// <summary>Requests are lost; calls end at their deadline, and a watch says that it lost sight.</summary>
    public bool IsUnreachable { get; init; }

    /// <summary>Requests arrive and take effect, but no reply comes back: the caller hears Unknown.</summary>
    public bool LosesReplies { get; init; }

    /// <summary>How long a request is on its way; beyond the deadline it still arrives.</summary>
    public TimeSpan RequestDelay { get; init; }

    public TimeSpan ReplyDelay { get; init; }
}
