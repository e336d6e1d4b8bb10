using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Router.Hosting;

/// <summary>
/// Signals as the program sees them: the first SIGTERM or SIGINT asks to finish (<see cref="Stopping"/>), the second means
/// now (<see cref="Aborted"/>), SIGHUP asks to read the configuration again.
/// </summary>
internal sealed class ProcessSignals : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly Channel<PosixSignal> _reloads = Channel.CreateBounded<PosixSignal>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _stopRequests;

    public CancellationToken Stopping => _stopping.Token;

    public CancellationToken Aborted => _aborted.Token;

    public void Listen()
    {
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                // Else the runtime ends the process.
                context.Cancel = true;
                Receive(context.Signal);
            }));
        }
    }

    /// <summary>Completes at the next SIGHUP; several before it is asked again count once.</summary>
    public async Task WaitForReloadAsync(CancellationToken stopping) => await _reloads.Reader.ReadAsync(stopping);

    public void Receive(PosixSignal signal)
    {
        if (signal == PosixSignal.SIGHUP)
        {
            _reloads.Writer.TryWrite(signal);
            return;
        }

        var requests = Interlocked.Increment(ref _stopRequests);
        _stopping.Cancel();
        if (requests > 1)
        {
            _aborted.Cancel();
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stopping.Dispose();
        _aborted.Dispose();
    }
}
