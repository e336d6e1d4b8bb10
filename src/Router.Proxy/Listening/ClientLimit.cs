namespace Router.Proxy.Listening;

/// <summary>Counts clients of all listeners against max_client_conn.</summary>
internal sealed class ClientLimit(int clientsMax)
{
    private int _clients;

    public int Count => Volatile.Read(ref _clients);

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _clients) <= clientsMax)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _clients);
}
