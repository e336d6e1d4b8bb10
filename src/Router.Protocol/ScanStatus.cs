namespace Router.Protocol;

/// <summary>The three answers of every reader of bytes.</summary>
public enum ScanStatus
{
    /// <summary>A value was read, and the bytes it took are named.</summary>
    Taken,

    /// <summary>What is there is a good beginning; nothing was taken.</summary>
    NeedMore,

    /// <summary>No further byte can make this valid: the stream is out of step for good.</summary>
    Malformed,
}
