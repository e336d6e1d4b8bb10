using Router.Protocol;
using Router.Protocol.Framing;
using Router.Proxy.Routing;
using Router.Proxy.Statements;
using Router.Proxy.Traits;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>Counts what the client asks, and stops in front of a message that must not reach the server now.</summary>
internal sealed class FrontendFilter(SessionState state, WriteGate gate) : IRelayFilter
{
    private FrameScanner _scanner = new(FrameSide.Frontend);

    public FilterStop Stop { get; private set; }

    /// <summary>The primary that the session is on; null on a replica, and until the login is over.</summary>
    public PrimaryIdentity? Identity { get; set; }

    /// <summary>The session waits for the gate already: keep what the client sends instead of stopping again.</summary>
    public bool IsHolding { get; set; }

    /// <summary>The server connection outlives the client: Terminate stops the relay instead of reaching the server.</summary>
    public bool IsPooled { get; init; }

    /// <summary>Nothing has been sent to the server connection since the client got it.</summary>
    public bool IsFresh { get; set; }

    /// <summary>Follow the client from one server connection to the next; null where it is served by one only.</summary>
    public PreparedStatements? Statements { get; init; }

    /// <summary>What the client makes of its session; null where its server connection is its own.</summary>
    public SessionTraits? Traits { get; init; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Rewritten => Statements!.Output.Written.Span;

    /// <inheritdoc/>
    public bool IsWaiting => Statements is { IsWaiting: true };

    public RelayVerdict Inspect(ReadOnlySpan<byte> chunk)
    {
        Stop = FilterStop.None;
        var verdict = Scan(chunk, gate.IsOpenFor(Identity));
        IsFresh &= verdict.Forward == 0;
        state.IsClientMessageOpen = !_scanner.IsAtBoundary;
        state.CountFromClient(verdict.Forward);
        return verdict;
    }

    private RelayVerdict Scan(ReadOnlySpan<byte> chunk, bool isOpen)
    {
        var splice = new Splice(chunk, Statements?.Output);
        var (at, messageAt) = (0, 0);
        while (at < chunk.Length)
        {
            if (_scanner.IsAtBoundary)
            {
                messageAt = at;
                if (!isOpen && chunk[at] != MessageType.Terminate)
                {
                    return Hold(at, splice);
                }

                if (IsPooled && WhyStop(chunk[at], at) is var stop and not FilterStop.None)
                {
                    Stop = stop;
                    return splice.End(at, isStop: true);
                }

                if (Traits is not null && TextWatch.Look(chunk[at..], Traits) == RewriteStep.NeedMore)
                {
                    return splice.End(at, isStop: false);
                }

                state.OnRequest(chunk[at]);
                if (Statements is null)
                {
                    state.Requests.OnRequest(chunk[at]);
                }
                else if (Statements.OnRequest(chunk[at..], at, ref splice) is var step and not RewriteStep.Done)
                {
                    Stop = step == RewriteStep.Malformed ? FilterStop.Malformed : FilterStop.None;
                    return splice.End(at, isStop: step == RewriteStep.Malformed);
                }
            }

            var found = _scanner.Next(chunk[at..], out var taken);
            if (found == FrameEvent.Body)
            {
                Statements?.OnRequestBody(chunk.Slice(at, taken));
            }

            at += taken;
            if (found == FrameEvent.Malformed)
            {
                Stop = FilterStop.Malformed;
                return splice.End(messageAt, isStop: true);
            }
        }

        return splice.End(at, isStop: false);
    }

    private FilterStop WhyStop(byte type, int at) =>
        type == MessageType.Terminate ? FilterStop.Terminated
        : type == MessageType.Password ? FilterStop.OutOfTurn
        : IsFresh && at == 0 && UnlinkedRequest.NeedsNoServer(type) ? FilterStop.Local
        : FilterStop.None;

    private RelayVerdict Hold(int at, Splice splice)
    {
        Stop = IsHolding ? FilterStop.None : FilterStop.Held;
        return splice.End(at, isStop: !IsHolding);
    }
}
