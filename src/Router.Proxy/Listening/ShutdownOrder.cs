using System.Diagnostics.CodeAnalysis;

namespace Router.Proxy.Listening;

/// <summary>Whether the proxy is to end, and what it waits for then. Callable from any thread.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Sources without a timer, that live as long as the proxy.")]
internal sealed class ShutdownOrder
{
    private readonly CancellationTokenSource _asked = new();
    private readonly CancellationTokenSource _atOnce = new();
    private volatile ShutdownMode _mode;

    public ShutdownMode Mode => _mode;

    public CancellationToken Asked => _asked.Token;

    /// <summary>Nothing is waited for any longer.</summary>
    public CancellationToken AtOnce => _atOnce.Token;

    /// <summary>The first order counts; a second one, whatever it is, means at once.</summary>
    public void Give(ShutdownMode mode)
    {
        var isFirst = false;
        lock (_asked)
        {
            if (!_asked.IsCancellationRequested)
            {
                (_mode, isFirst) = (mode, true);
                _asked.Cancel();
            }
        }

        if (!isFirst || mode == ShutdownMode.Immediate)
        {
            _atOnce.Cancel();
        }
    }
}
