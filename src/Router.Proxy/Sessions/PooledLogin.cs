using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Pooling;
using Router.Proxy.Traits;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// The greeting of a pooled client: what a server would report to it. Known without a server once one has reported, and
/// has been asked once for each value that clients wish for. For replication it is asked always, and its connection is the
/// client's from then on.
/// </summary>
internal sealed class PooledLogin(BackendPool pool, PoolTicket ticket, StartupMessage startup)
{
    private readonly List<ParameterStatus> _wishes =
    [
        .. startup.Parameters
            .Where(parameter => !ticket.Profile.IsReplication && TrackedParameters.Contains(parameter.Name))
            .Select(static parameter => new ParameterStatus(parameter.Name, parameter.Value)),
    ];

    /// <summary>What the client is told and has; complete after <see cref="LearnAsync"/>.</summary>
    public ReportedParameters Parameters { get; private set; } = ReportedParameters.None;

    /// <summary>The connection that the client has from its login on; null where its first request gets one.</summary>
    public PooledBackend? Kept { get; private set; }

    /// <summary>Null where all is known; else the words in which the client is refused, or that it left.</summary>
    /// <exception cref="TransportException">A connection failed.</exception>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    public async Task<SessionEnd?> LearnAsync(CancellationToken cut)
    {
        var reported = pool.Welcome.ParametersOf(ticket.Profile);
        var isKnown = !ticket.Profile.IsReplication && reported is not null
            && _wishes.TrueForAll(wish => SpellingOf(wish, reported) is not null);
        if (!isKnown && await AskServerAsync(cut) is { } refused)
        {
            return refused;
        }

        reported = Kept?.Parameters ?? pool.Welcome.ParametersOf(ticket.Profile)!;
        Parameters = reported;
        foreach (var wish in _wishes)
        {
            if (SpellingOf(wish, reported) is { } spelling)
            {
                Parameters = Parameters.With(new ParameterStatus(wish.Name, spelling));
            }
        }

        return null;
    }

    /// <summary>Everything from AuthenticationOk to the first ReadyForQuery.</summary>
    /// <param name="notice">Said with it; null: nothing.</param>
    public ReadOnlyMemory<byte> Greeting(BackendKeyData key, ErrorResponse? notice)
    {
        var writer = new FrameWriter(1024);
        AuthenticationRequest.Write(writer, AuthenticationKind.Ok);
        foreach (var parameter in Parameters.All)
        {
            parameter.Write(writer);
        }

        key.Write(writer);
        if (notice is not null)
        {
            NoticeResponse.Write(writer, notice);
        }

        new ReadyForQuery(TransactionStatus.Idle).Write(writer);
        return writer.Written;
    }

    private string? SpellingOf(ParameterStatus wish, ReportedParameters reported) =>
        reported.Find(wish.Name) == wish.Value ? wish.Value : pool.Welcome.SpellingOf(wish);

    private async Task<SessionEnd?> AskServerAsync(CancellationToken cut)
    {
        var backend = pool.TryTake(ticket);
        if (backend is null)
        {
            ticket.IsLogin = true;
            var answer = await pool.TakeAsync(ticket);
            ticket.IsLogin = false;
            cut.ThrowIfCancellationRequested();
            if (answer.Backend is null)
            {
                return answer.Refusal is { } refusal ? SessionEnd.Refused(refusal) : SessionEnd.ClientLeft;
            }

            backend = answer.Backend;
        }

        if (ticket.Profile.IsReplication)
        {
            Kept = backend;
            return null;
        }

        try
        {
            return await AskAsync(backend, cut);
        }
        catch (Exception)
        {
            backend.CloseReason ??= "a client's settings could not be asked for";
            throw;
        }
        finally
        {
            pool.Return(backend);
        }
    }

    /// <summary>
    /// What PostgreSQL refuses in a StartupMessage, it refuses here, in the same words. What it makes of the values is the
    /// pool's to keep; the settings themselves are made when the client's first request gets its connection.
    /// </summary>
    private async Task<SessionEnd?> AskAsync(PooledBackend backend, CancellationToken cut)
    {
        var reported = pool.Welcome.ParametersOf(ticket.Profile)!;
        var unknown = _wishes.FindAll(wish => SpellingOf(wish, reported) is null);
        if (unknown.Count > 0)
        {
            var changes = unknown.ConvertAll(static wish => new SettingChange(wish.Name, wish.Value));
            if (await ParameterSetter.SetAsync(backend, changes, cut) is { } error)
            {
                return SessionEnd.Refused(ErrorResponse.Fatal(error.Code, error.Message));
            }

            foreach (var wish in unknown)
            {
                pool.Welcome.LearnSpelling(wish, backend.Parameters.Find(wish.Name) ?? wish.Value);
            }
        }

        return null;
    }
}
