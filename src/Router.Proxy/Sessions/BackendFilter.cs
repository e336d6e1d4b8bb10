using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Pooling;
using Router.Proxy.Statements;
using Router.Proxy.Traits;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// Follows what the backend answers. Everything streams, but a final error: that is kept together until it is complete,
/// so that its code can be judged before the client sees a byte of it.
/// </summary>
internal sealed class BackendFilter(SessionState state) : IRelayFilter
{
    /// <summary>A final error is short; a longer error passes unjudged.</summary>
    private const int FatalMax = 8 * 1024;

    /// <summary>Longer ones pass unread: PostgreSQL's own are short.</summary>
    private const int ParameterMax = 16 * 1024;

    private FrameScanner _scanner = new(FrameSide.Backend);
    /// <summary>Tags of the commands that throw all prepared statements away, with their zeros.</summary>
    private static readonly byte[][] DeallocatingTags = ["DISCARD ALL\0"u8.ToArray(), "DEALLOCATE ALL\0"u8.ToArray()];

    private readonly byte[] _tag = new byte[DeallocatingTags.Max(static tag => tag.Length)];
    private byte[]? _kept;
    private int _keptLength;
    private byte[]? _keyBody;

    public FilterStop Stop { get; private set; }

    /// <summary>True between two messages to the client: the only place for a message of our own.</summary>
    public bool IsAtBoundary => _scanner.IsAtBoundary;

    /// <summary>Stop behind the next ReadyForQuery: the login is over with the first one.</summary>
    public bool StopsAtReady { get; set; }

    /// <summary>Stop behind a ReadyForQuery with which nothing is open any more: the transaction is over.</summary>
    public bool StopsWhenIdle { get; set; }

    /// <summary>What the client makes of its session; null where its server connection is its own.</summary>
    public SessionTraits? Traits { get; init; }

    /// <summary>Stop behind a ReadyForQuery that leaves a transaction block open.</summary>
    public bool RefusesBlocks { get; init; }

    /// <summary>Follow the client from one server connection to the next; null where it is served by one only.</summary>
    public PreparedStatements? Statements { get; init; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Rewritten => Statements!.Output.Written.Span;

    /// <summary>What the backend has reported of its session; null where nobody keeps account of that.</summary>
    public ReportedParameters? Parameters { get; set; }

    /// <summary>The session wants a primary: a backend that says it is a standby stops the relay.</summary>
    public bool WantsPrimary { get; set; }

    /// <summary>A session on a replica ends, as soon as it is idle, when its backend is no standby any more.</summary>
    public bool EndsWithStandby { get; set; }

    /// <summary>The error that made it stop with <see cref="FilterStop.Fatal"/>.</summary>
    public ErrorResponse? FatalError { get; private set; }

    /// <summary>The pid and key that the backend gave the client at login.</summary>
    public BackendKeyData? Key => _keyBody is null ? null : BackendKeyData.Parse(_keyBody);

    private bool StopsNow => StopsWhenIdle && Traits is not { KeepsBackend: true };

    /// <summary>Another backend answers from here on.</summary>
    public void Reset()
    {
        _scanner = new FrameScanner(FrameSide.Backend);
        _kept = null;
    }

    public RelayVerdict Inspect(ReadOnlySpan<byte> chunk)
    {
        Stop = FilterStop.None;
        var verdict = Scan(chunk);
        state.CountFromBackend(verdict.Forward);
        return verdict;
    }

    private RelayVerdict Scan(ReadOnlySpan<byte> chunk)
    {
        var splice = new Splice(chunk, Statements?.Output);
        var at = 0;
        while (at < chunk.Length)
        {
            if (_scanner.IsAtBoundary && OnMessage(chunk, at, ref splice) is var judgement and not ErrorJudgement.Pass)
            {
                return splice.End(at, isStop: judgement == ErrorJudgement.Stop);
            }

            var found = _scanner.Next(chunk[at..], out var taken);
            var piece = chunk.Slice(at, taken);
            at += taken;
            if (found == FrameEvent.Malformed)
            {
                Stop = FilterStop.Malformed;
                return splice.End(at - taken, isStop: true);
            }

            if (found == FrameEvent.Header)
            {
                OnHeader();
            }
            else if (found == FrameEvent.Body && OnBody(piece) is var stop and not FilterStop.None)
            {
                Stop = stop;
                return splice.End(at, isStop: true);
            }
        }

        return splice.End(at, isStop: false);
    }

    /// <summary>A message begins: whether it may pass, and what the client gets in its place.</summary>
    private ErrorJudgement OnMessage(ReadOnlySpan<byte> chunk, int at, ref Splice splice)
    {
        switch (chunk[at])
        {
            case MessageType.ErrorResponse:
                return Judge(chunk[at..]) is var judgement and not ErrorJudgement.Pass
                    ? judgement
                    : OnError(chunk, at, ref splice);
            case MessageType.DataRow or MessageType.CopyData or MessageType.ReadyForQuery:
                return ErrorJudgement.Pass;
            case MessageType.ParseComplete or MessageType.CloseComplete when Statements is not null:
                if (chunk.Length - at < FrameHeader.Size)
                {
                    return ErrorJudgement.NeedMore;
                }

                Replace(Statements.OnReply(chunk[at]), at, ref splice);
                return ErrorJudgement.Pass;
            case var type when Statements is null:
                state.Requests.OnAnswer(type);
                return ErrorJudgement.Pass;
            case var type:
                _ = Statements.OnReply(type);
                return ErrorJudgement.Pass;
        }
    }

    private static void Replace(Treatment treatment, int at, ref Splice splice)
    {
        if (treatment == Treatment.ToParseComplete)
        {
            splice.InsertAt(at).Begin(MessageType.ParseComplete).End();
        }
        else if (treatment == Treatment.Swallow)
        {
            splice.InsertAt(at);
        }
        else
        {
            return;
        }

        splice.SkipTo(at + FrameHeader.Size);
    }

    private ErrorJudgement OnError(ReadOnlySpan<byte> chunk, int at, ref Splice splice)
    {
        Traits?.OnUndone();
        if (Statements is null)
        {
            state.Requests.OnAnswer(MessageType.ErrorResponse);
            return ErrorJudgement.Pass;
        }

        var body = ReadOnlySpan<byte>.Empty;
        if (Statements.NeedsError)
        {
            var message = chunk[at..];
            var read = FrameHeader.TryRead(message, FrameSide.Backend, out var header);
            if (read == ScanStatus.NeedMore || (header.TotalLength > message.Length && header.TotalLength <= FatalMax))
            {
                return ErrorJudgement.NeedMore;
            }

            body = header.TotalLength <= message.Length ? message[FrameHeader.Size..header.TotalLength] : body;
        }

        if (Statements.OnError(body, out var refusal) == Treatment.Refuse && !body.IsEmpty)
        {
            splice.InsertAt(at).Bytes(refusal);
            splice.SkipTo(at + FrameHeader.Size + body.Length);
        }

        return ErrorJudgement.Pass;
    }

    private void OnReady()
    {
        if (Statements is null)
        {
            state.Requests.OnAnswer(MessageType.ReadyForQuery);
        }
        else
        {
            Statements.OnReady();
        }
    }

    private void OnHeader()
    {
        if (_scanner.Type == MessageType.ReadyForQuery)
        {
            OnReady();
        }

        var isKept = _scanner.Type switch
        {
            MessageType.BackendKeyData => _scanner.BodyRemaining <= BackendKeyData.BodyMax,
            MessageType.ParameterStatus => Parameters is null
                ? StandbyReport.IsLength(_scanner.BodyRemaining)
                : _scanner.BodyRemaining <= ParameterMax,
            _ => false,
        };
        _kept = isKept ? new byte[_scanner.BodyRemaining] : null;
        if (_scanner.Type == MessageType.CommandComplete && (Statements is not null || Traits is not null)
            && _scanner.BodyRemaining <= _tag.Length)
        {
            _kept = _tag;
        }

        _keptLength = 0;
    }

    /// <summary>Why the relay is to stop behind this piece.</summary>
    private FilterStop OnBody(ReadOnlySpan<byte> piece)
    {
        if (_scanner.Type == MessageType.ReadyForQuery)
        {
            state.OnReady(ReadyForQuery.StatusOf(piece[0]));
            return StopsAtReady || ((StopsNow || state.IsFinishing) && state.IsIdle) ? FilterStop.Ready
                : RefusesBlocks && !state.IsInFlight && !state.IsIdle ? FilterStop.TransactionBlock
                : FilterStop.None;
        }

        if (_kept is null)
        {
            return FilterStop.None;
        }

        piece.CopyTo(_kept.AsSpan(_keptLength));
        _keptLength += piece.Length;
        return _scanner.IsAtBoundary ? OnKept(_kept) : FilterStop.None;
    }

    private FilterStop OnKept(byte[] body)
    {
        _kept = null;
        if (_scanner.Type == MessageType.CommandComplete)
        {
            var tag = body.AsSpan(0, _keptLength);
            if (tag.SequenceEqual(DeallocatingTags[0]) || tag.SequenceEqual(DeallocatingTags[1]))
            {
                Statements?.Books.OnAllDeallocated();
            }
            else if (tag.SequenceEqual("ROLLBACK\0"u8))
            {
                Traits?.OnUndone();
            }

            return FilterStop.None;
        }

        if (_scanner.Type == MessageType.BackendKeyData)
        {
            _keyBody = body;
            return FilterStop.None;
        }

        if (Parameters is not null && ParameterStatus.Parse(body) is { } reported)
        {
            Parameters = Parameters.With(reported);
        }

        var isStandby = StandbyReport.Read(body);
        if (isStandby == false && EndsWithStandby && !StopsAtReady)
        {
            state.Finish(CutReason.RoleChanged);
        }

        return isStandby == true && WantsPrimary ? FilterStop.Standby : FilterStop.None;
    }

    private ErrorJudgement Judge(ReadOnlySpan<byte> message)
    {
        var read = FrameHeader.TryRead(message, FrameSide.Backend, out var header);
        if (read != ScanStatus.Taken || header.TotalLength > FatalMax)
        {
            return read == ScanStatus.NeedMore ? ErrorJudgement.NeedMore : ErrorJudgement.Pass;
        }

        var isComplete = message.Length >= header.TotalLength;
        var body = message[FrameHeader.Size..Math.Min(message.Length, header.TotalLength)];
        if (ErrorResponse.TryReadSeverity(body, out var severity) == ScanStatus.NeedMore && !isComplete)
        {
            return ErrorJudgement.NeedMore;
        }

        if (severity is not (ErrorSeverity.Fatal or ErrorSeverity.Panic))
        {
            return ErrorJudgement.Pass;
        }

        return isComplete ? JudgeFatal(body) : ErrorJudgement.NeedMore;
    }

    private ErrorJudgement JudgeFatal(ReadOnlySpan<byte> body)
    {
        if (ErrorResponse.Parse(body) is { } error && CutPolicy.MustRewrite(error.Code, state.IsInFlight))
        {
            FatalError = error;
            Stop = FilterStop.Fatal;
            return ErrorJudgement.Stop;
        }

        state.HasSentFatal = true;
        return ErrorJudgement.Pass;
    }
}
