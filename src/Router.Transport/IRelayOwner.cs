namespace Router.Transport;

/// <summary>
/// Is told, on the loop, how a relay ended that it started: the way without an await, for who starts one for each
/// transaction.
/// </summary>
public interface IRelayOwner
{
    /// <summary>The relay is over and both connections are free for the next; called inline, must not throw.</summary>
    void OnRelayEnded(RelayEnd end);
}
