namespace Router.Proxy.Listening;

/// <summary>Counts clients of all listeners against max_client_conn.</summary>
internal sealed class ClientLimit(int clientsMax)
{
    private volatile int _clientsMax = clientsMax;

    private int _clients;

    public int Count => Volatile.Read(ref _clients);

    /// <summary>Another bound for those that come from now on; nobody is sent away.</summary>
    public void Resize(int clientsMax) => _clientsMax = clientsMax;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _clients) <= _clientsMax)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _clients);
}
