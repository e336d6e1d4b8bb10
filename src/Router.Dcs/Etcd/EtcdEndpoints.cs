namespace Router.Dcs.Etcd;

/// <summary>All endpoints, one of them in use: it is kept until it fails, then the next one is taken.</summary>
internal sealed class EtcdEndpoints(EtcdSettings settings, TimeProvider time) : IDisposable
{
    private readonly EtcdEndpoint[] _endpoints =
        [.. settings.Endpoints.Select(address => new EtcdEndpoint(address, settings, time))];

    private int _current;

    public int Count => _endpoints.Length;

    public EtcdEndpoint Current => _endpoints[Volatile.Read(ref _current)];

    /// <summary>Moves on from an endpoint that failed; no effect where somebody else has done so already.</summary>
    public void RotateFrom(EtcdEndpoint failed)
    {
        var index = Array.IndexOf(_endpoints, failed);
        _ = Interlocked.CompareExchange(ref _current, (index + 1) % _endpoints.Length, index);
    }

    public void Dispose()
    {
        foreach (var endpoint in _endpoints)
        {
            endpoint.Dispose();
        }
    }
}
