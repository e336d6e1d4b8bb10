using Router.Protocol;
using Router.Proxy.Statements;

namespace Router.Proxy.Sessions;

/// <summary>
/// The requests that a server connection has not answered yet, in order, and what becomes of each answer. It knows
/// PostgreSQL's rules for pipelines: an error of the extended protocol skips everything up to the next Sync, a Query too; a
/// Sync within copy data is none.
/// </summary>
/// <remarks>One byte for each request, for a client may pipeline as many as the sockets between hold.</remarks>
internal sealed class RequestLedger
{
    private const int TreatmentShift = 3;
    private const byte KindMask = 0b0000_0111;
    private const byte TreatmentMask = 0b0001_1000;
    private const byte EffectBit = 0b0010_0000;

    private List<Effect>? _undone;
    private Ring<byte> _awaited;
    private Ring<Effect> _effects;
    private bool _hasOpenRun;
    private bool _isCopyingIn;
    private bool _isSkipping;
    private bool _hasQueryFailed;

    /// <summary>Some message reached the server whose ReadyForQuery has not come back.</summary>
    public bool IsInFlight => _awaited.Count > 0 || _hasOpenRun || _isSkipping;

    /// <summary>What is in flight ends by itself: every message of it is sent, up to the one that ReadyForQuery answers.</summary>
    public bool IsWhole =>
        _awaited.Count > 0 && !_isCopyingIn && KindOf(_awaited[_awaited.Count - 1]) is Awaited.Sync or Awaited.Query;

    /// <summary>The server throws away what is sent now, up to a Sync or the end of the copy data.</summary>
    public bool IsDeaf => _isSkipping || _isCopyingIn;

    /// <summary>
    /// Effects in front of the last Sync, from the oldest on: an error before that Sync may undo them, and what is sent now is
    /// done all the same.
    /// </summary>
    public int Unsettled { get; private set; }

    public int EffectCount => _effects.Count;

    /// <summary>The effect of the request that is answered next; null where it has none.</summary>
    public Effect? NextEffect => _awaited.Count > 0 && (_awaited[0] & EffectBit) != 0 ? _effects[0] : null;

    /// <summary>What the last error has undone, the latest first.</summary>
    public IReadOnlyList<Effect> Undone => (IReadOnlyList<Effect>?)_undone ?? [];

    /// <summary>ReadyForQuery messages still to come.</summary>
    public int Outstanding
    {
        get
        {
            var count = 0;
            for (var index = 0; index < _awaited.Count; index++)
            {
                count += KindOf(_awaited[index]) is Awaited.Sync or Awaited.Query ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>The effects of what is not answered yet, the oldest first.</summary>
    public Effect EffectAt(int index) => _effects[index];

    /// <summary>A message of this type has been sent, unchanged.</summary>
    public void OnRequest(byte type)
    {
        switch (type)
        {
            case MessageType.Query or MessageType.FunctionCall:
                Expect(Awaited.Query);
                break;
            case MessageType.Parse:
                Expect(Awaited.Parse);
                break;
            case MessageType.Bind:
                Expect(Awaited.Bind);
                break;
            case MessageType.Describe:
                Expect(Awaited.Describe);
                break;
            case MessageType.Execute:
                Expect(Awaited.Execute);
                break;
            case MessageType.Close:
                Expect(Awaited.Close);
                break;
            case MessageType.Sync:
                Expect(Awaited.Sync);
                break;
            case MessageType.CopyDone or MessageType.CopyFail:
                Expect(Awaited.CopyEnd);
                break;
            case MessageType.Flush:
                _hasOpenRun |= !_isCopyingIn;
                break;
            default:
                break;
        }
    }

    /// <summary>A request has been sent.</summary>
    public void Expect(Awaited kind, Treatment treatment = Treatment.Pass, Effect? effect = null)
    {
        if (_isCopyingIn)
        {
            _isCopyingIn = kind != Awaited.CopyEnd;
        }
        else if (kind == Awaited.CopyEnd)
        {
            // With nothing in flight it comes late, after a COPY that failed.
            if (_awaited.Count > 0)
            {
                _awaited.Add((byte)kind);
            }
        }
        else if (!_isSkipping || kind == Awaited.Sync)
        {
            _isSkipping = false;
            _hasOpenRun = kind is not (Awaited.Sync or Awaited.Query);
            Unsettled = kind == Awaited.Sync ? _effects.Count : Unsettled;
            _awaited.Add((byte)((byte)kind | ((byte)treatment << TreatmentShift) | (effect is null ? 0 : EffectBit)));
            if (effect is { } change)
            {
                _effects.Add(change);
            }
        }
    }

    /// <summary>The server has answered, where nobody cares for effects and treatments.</summary>
    public void OnAnswer(byte type)
    {
        switch (type)
        {
            case MessageType.ReadyForQuery:
                OnReady(out _);
                break;
            case MessageType.ErrorResponse:
                _ = OnError(out _);
                break;
            default:
                _ = OnReply(type, out _);
                break;
        }
    }

    /// <summary>The server has answered, with neither error nor ReadyForQuery.</summary>
    /// <param name="done">The effect that the answer confirms; null where it confirms none.</param>
    public Treatment OnReply(byte type, out Effect? done)
    {
        done = null;
        DropLateCopyEnds();
        if (_awaited.Count == 0)
        {
            return Treatment.Pass;
        }

        var kind = KindOf(_awaited[0]);
        switch (type)
        {
            case MessageType.ParseComplete when kind == Awaited.Parse:
            case MessageType.BindComplete when kind == Awaited.Bind:
            case MessageType.CloseComplete when kind == Awaited.Close:
            case MessageType.RowDescription or MessageType.NoData when kind == Awaited.Describe:
            case MessageType.CommandComplete or MessageType.EmptyQueryResponse or MessageType.PortalSuspended
                when kind == Awaited.Execute:
                _isCopyingIn = false;
                return Take(out done);
            case MessageType.CopyInResponse or MessageType.CopyBothResponse when kind is Awaited.Execute or Awaited.Query:
                OnCopyIn();
                return Treatment.Pass;
            default:
                return Treatment.Pass;
        }
    }

    /// <summary>The server has answered with an error: everything up to the next Sync is off.</summary>
    /// <param name="failed">The effect of the request that failed; null where it has none or that is not known.</param>
    public Treatment OnError(out Effect? failed)
    {
        failed = null;
        _undone?.Clear();
        DropLateCopyEnds();
        _isCopyingIn = false;

        // ReadyForQuery follows where the error is a simple query's, or that of the commit in a Sync.
        if (_awaited.Count > 0 ? KindOf(_awaited[0]) is Awaited.Query or Awaited.Sync : !_hasOpenRun)
        {
            _hasQueryFailed = true;
            return Treatment.Pass;
        }

        var treatment = Treatment.Pass;
        if (_awaited.Count > 0)
        {
            treatment = Take(out failed);
            Undo(failed);
        }

        DropTo(static kind => kind == Awaited.Sync);
        _isSkipping = _awaited.Count == 0;
        _undone?.Reverse();
        return treatment;
    }

    /// <summary>ReadyForQuery has come: whatever was expected before it does not come any more.</summary>
    public void OnReady(out Effect? done)
    {
        done = null;
        _undone?.Clear();
        DropTo(static kind => kind is Awaited.Sync or Awaited.Query);
        if (_awaited.Count > 0)
        {
            Take(out done);
        }

        if (_hasQueryFailed)
        {
            Undo(done);
            done = null;
        }

        _undone?.Reverse();
        (_isCopyingIn, _isSkipping, _hasQueryFailed) = (false, false, false);
    }

    private static Awaited KindOf(byte entry) => (Awaited)(entry & KindMask);

    private Treatment Take(out Effect? effect)
    {
        var entry = _awaited.Take();
        effect = null;
        if ((entry & EffectBit) != 0)
        {
            effect = _effects.Take();
            Unsettled -= Unsettled > 0 ? 1 : 0;
        }

        return (Treatment)((entry & TreatmentMask) >> TreatmentShift);
    }

    private void Undo(Effect? effect)
    {
        if (effect is { } change)
        {
            (_undone ??= []).Add(change);
        }
    }

    private void DropTo(Func<Awaited, bool> isEnd)
    {
        while (_awaited.Count > 0 && !isEnd(KindOf(_awaited[0])))
        {
            Take(out var effect);
            Undo(effect);
        }
    }

    /// <summary>The server asks for copy data: it passes over each Sync up to the end of them.</summary>
    private void OnCopyIn()
    {
        _isCopyingIn = true;
        for (var index = 1; index < _awaited.Count && _isCopyingIn;)
        {
            var kind = KindOf(_awaited[index]);
            _isCopyingIn = kind != Awaited.CopyEnd;
            if (kind is Awaited.Sync or Awaited.CopyEnd)
            {
                _awaited.RemoveAt(index);
            }
            else
            {
                index++;
            }
        }

        // A Sync that was void has not ended the run.
        _hasOpenRun |= KindOf(_awaited[0]) == Awaited.Execute && Outstanding == 0;
    }

    private void DropLateCopyEnds()
    {
        while (_awaited.Count > 0 && KindOf(_awaited[0]) == Awaited.CopyEnd)
        {
            _awaited.Take();
        }
    }
}
