namespace Router.Proxy.Pooling;

/// <summary>Who waits for a server connection without awaiting it.</summary>
internal interface IAnswerTaker
{
    /// <summary>The wait is over; perhaps before the call that began it returns.</summary>
    void OnAnswer(PoolAnswer answer);
}
