using Router.Transport;

namespace Router.Proxy.Console;

/// <summary>
/// Notices that a client closes its connection while its command runs. Reads nothing: what it has sent already stays in its
/// place. Used on the connection's loop only.
/// </summary>
internal sealed class LeaveWatch : IReadinessWatcher, IDisposable
{
    private readonly IConnection _client;
    private readonly CancellationTokenSource _left;
    private bool _isOver;

    public LeaveWatch(IConnection client, CancellationToken cut)
    {
        _client = client;
        _left = CancellationTokenSource.CreateLinkedTokenSource(cut);
        client.Watch(this);
    }

    /// <summary>Fires when the client leaves, or the session is cut.</summary>
    public CancellationToken Left => _left.Token;

    /// <inheritdoc/>
    public void OnReadable(bool isPeerClosing)
    {
        if (_isOver)
        {
            return;
        }

        if (isPeerClosing)
        {
            _left.Cancel();
        }
        else
        {
            _client.Watch(this);
        }
    }

    public void Dispose()
    {
        _isOver = true;
        _left.Dispose();
    }
}
