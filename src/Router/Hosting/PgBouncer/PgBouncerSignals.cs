using System.Runtime.InteropServices;

namespace Router.Hosting.PgBouncer;

/// <summary>The signals of a pooler, as PgBouncer's users know them. Disposing forgets them.</summary>
internal sealed class PgBouncerSignals : IDisposable
{
    private const PosixSignal Pause = (PosixSignal)10;
    private const PosixSignal Resume = (PosixSignal)12;

    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="on">Called for each signal, on a thread of the pool.</param>
    public void Listen(Action<PoolerSignal> on)
    {
        foreach (var (signal, meaning) in (ReadOnlySpan<(PosixSignal, PoolerSignal)>)
        [
            (PosixSignal.SIGHUP, PoolerSignal.Reload), (PosixSignal.SIGINT, PoolerSignal.WaitForServers),
            (PosixSignal.SIGTERM, PoolerSignal.WaitForClients), (PosixSignal.SIGQUIT, PoolerSignal.Quit),
            (Pause, PoolerSignal.Pause), (Resume, PoolerSignal.Resume),
        ])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                // Else the runtime ends the process.
                context.Cancel = true;
                on(meaning);
            }));
        }
    }

    public void Dispose() => _registrations.ForEach(static registration => registration.Dispose());
}
