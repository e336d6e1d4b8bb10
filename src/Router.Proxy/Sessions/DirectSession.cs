using Router.Proxy.Backends;
using Router.Proxy.Listening;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// A client that has a backend of its own from its login, which is between the two of them, to its end. Lives on the loop of
/// its connection.
/// </summary>
/// <param name="deadlineOfLogin">Cuts the session when the login takes too long, until it is disposed of.</param>
internal sealed class DirectSession(
    IConnection client, SessionServices services, SessionState state, RelayOptions relay, BackendConnection backend,
    Func<ITimer> deadlineOfLogin)
{
    /// <summary>Before the login is over a session may hold this much in each direction.</summary>
    private static readonly RelayOptions LoginRelay = new(HeldMax: 16 * 1024);

    private volatile bool _isLoggedIn;

    public BackendConnection Backend => backend;

    public RelayPhase Phase { get; } = new(client, state, services.Gate, services.Options, services.Time);

    public bool IsLoggedIn => _isLoggedIn;

    /// <summary>Relays until one side ends; says why the session must be cut, or null where nobody is there to be told.</summary>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    /// <exception cref="TransportException">A connection failed.</exception>
    public async Task<CutReason?> RunAsync(CancellationToken cut)
    {
        var outcome = await LogInAndRelayAsync(cut);
        if (Phase.FromBackend.Stop == FilterStop.Standby && backend.Identity is { } identity)
        {
            services.Views.ReportStandby(identity);
        }

        return outcome.Cut;
    }

    private async Task<RelayOutcome> LogInAndRelayAsync(CancellationToken cut)
    {
        RelayOutcome outcome;
        await using (deadlineOfLogin())
        {
            if (backend.Connection.Tls is not null)
            {
                await LoginOffer.PassAsync(client, backend.Connection, cut);
            }

            outcome = await Phase.LogInAsync(LoginRelay, cut);
        }

        if (!outcome.IsReady)
        {
            return outcome;
        }

        using var cancelKey = Phase.FromBackend.Key is { } key
            ? services.Cancels.Register(key, new OwnBackend(key, backend.CancelAddress))
            : null;
        _isLoggedIn = true;
        return await Phase.RunAsync(relay, cut);
    }
}
