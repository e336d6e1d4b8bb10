using System.Diagnostics;

namespace Router.Transport.Loops;

/// <summary>
/// One direction of a relay: from the source's buffered bytes, then from its socket through the loop's scratch, past the
/// filter, to the sink.
/// </summary>
/// <remarks>
/// Two things are held, each at most HeldMax: at the sink what its socket did not take, at the source what the filter
/// held back. A chunk is never longer than the room that is left, so the bound is exact. A paused direction goes on when
/// half has drained, to read in large pieces again.
/// </remarks>
internal sealed class RelayDirection
{
    private readonly Loop _loop;
    private readonly RelayEnd _whenEnded;
    private readonly RelayEnd _whenSourceFailed;
    private readonly RelayEnd _whenSinkFailed;
    private readonly RelayEnd _whenStopped;
    private StreamConnection _source = null!;
    private StreamConnection _sink = null!;
    private IRelayFilter _filter = null!;
    private RelayOptions _options = RelayOptions.Default;
    private int _heldBack;
    private bool _isPaused;
    private bool _isWaiting;

    public RelayDirection(
        Relay relay,
        Loop loop,
        RelayEnd whenEnded,
        RelayEnd whenSourceFailed,
        RelayEnd whenSinkFailed,
        RelayEnd whenStopped)
    {
        Relay = relay;
        _loop = loop;
        _whenEnded = whenEnded;
        _whenSourceFailed = whenSourceFailed;
        _whenSinkFailed = whenSinkFailed;
        _whenStopped = whenStopped;
    }

    public Relay Relay { get; }

    public StreamConnection Source => _source;

    /// <summary>The sink takes no more; what the source sends is left unread.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>It waits until its sink's socket takes what is held.</summary>
    public bool IsPaused => _isPaused;

    public void Attach(StreamConnection source, StreamConnection sink, IRelayFilter filter, RelayOptions options)
    {
        _source = source;
        _sink = sink;
        _filter = filter;
        _options = options;
        _heldBack = 0;
        _isPaused = false;
        _isWaiting = false;
        IsBroken = false;
        source.AsSource = this;
        sink.AsSink = this;
    }

    public void Detach()
    {
        _source.AsSource = null;
        _sink.AsSink = null;
        ((ConnectionReader)_source.Input).OnRelayed();
        // A pooled relay must not keep a dead session alive.
        _filter = null!;
    }

    /// <summary>Moves what there is; returns when the source is empty, the sink full, the budget spent or the relay over.</summary>
    public void Pump()
    {
        try
        {
            while (Relay.IsRunning && !IsBroken && Step())
            {
                if (_sink.SendFailure is not null)
                {
                    Break();
                    return;
                }
            }
        }
        catch (Exception exception)
        {
            // A defect of a filter. The bytes it did not judge cannot be passed on, so its connection ends.
            _loop.Break(_source, exception);
        }
    }

    public void OnSinkWritable()
    {
        if (_sink.SendFailure is not null)
        {
            Break();
        }
        else if (_isPaused)
        {
            Pump();
        }
    }

    /// <summary>The other direction has moved: perhaps what this one's filter waits for has come.</summary>
    public void OnOtherMoved()
    {
        if (_isWaiting && !_filter.IsWaiting)
        {
            _isWaiting = false;
            _heldBack = 0;
            Pump();
        }
    }

    private void Break()
    {
        if (!IsBroken)
        {
            IsBroken = true;
            Relay.EndAfterLastBytes(_whenSinkFailed);
        }
    }

    private bool Step()
    {
        if (_isWaiting)
        {
            return false;
        }

        var held = (int)_sink.HeldLength;
        if (_isPaused && held > _options.HeldMax / 2)
        {
            return false;
        }

        var room = Math.Min(_options.HeldMax - held, Loop.ScratchBytes);
        _isPaused = room <= _heldBack && held > 0;
        if (_isPaused)
        {
            return false;
        }

        if (room <= _heldBack)
        {
            // The filter has seen all that can be shown and wants more.
            Relay.End(_whenStopped);
            return false;
        }

        if (_source.MovedBytes >= _options.TurnBudget)
        {
            _loop.Requeue(_source);
            return false;
        }

        return _source.Incoming.Length > _heldBack ? StepBuffered(room) : StepReceived(room);
    }

    /// <summary>Bytes that were in Input before the relay.</summary>
    private bool StepBuffered(int room)
    {
        ref var incoming = ref _source.Incoming;
        ReadOnlySpan<byte> chunk;
        if (_heldBack == 0)
        {
            chunk = incoming.First.Span;
            chunk = chunk[..Math.Min(chunk.Length, room)];
        }
        else
        {
            // What was held back and what follows lie in different blocks.
            chunk = _loop.Scratch.AsSpan(0, incoming.CopyTo(_loop.Scratch.AsSpan(0, room)));
        }

        _source.CountMoved(chunk.Length);
        var verdict = Inspect(chunk);
        Send(chunk, verdict);
        incoming.Consume(verdict.Forward);
        _heldBack = chunk.Length - verdict.Forward;
        return GoOn(verdict);
    }

    private bool StepReceived(int room)
    {
        ref var incoming = ref _source.Incoming;
        var scratch = _loop.Scratch.AsSpan(0, room);
        var status = _source.Receive(scratch[_heldBack..], out var count);
        if (status != ReceiveStatus.Received)
        {
            return EndOrWait(status);
        }

        if (_heldBack > 0)
        {
            _ = incoming.CopyTo(scratch[.._heldBack]);
            incoming.Clear();
        }

        var chunk = scratch[..(_heldBack + count)];
        var verdict = Inspect(chunk);
        Send(chunk, verdict);
        _heldBack = chunk.Length - verdict.Forward;
        if (_heldBack > 0)
        {
            incoming.Append(chunk[verdict.Forward..]);
        }

        return GoOn(verdict);
    }

    private void Send(ReadOnlySpan<byte> chunk, RelayVerdict verdict) =>
        _sink.SendOrHold(verdict.IsRewritten ? _filter.Rewritten : chunk[..verdict.Forward]);

    private RelayVerdict Inspect(ReadOnlySpan<byte> chunk)
    {
        var verdict = _filter.Inspect(chunk);
        Debug.Assert(verdict.Forward >= 0 && verdict.Forward <= chunk.Length, "a filter forwards bytes it was shown");
        return verdict;
    }

    private bool GoOn(RelayVerdict verdict)
    {
        if (verdict.IsStop)
        {
            Relay.End(_whenStopped);
            return false;
        }

        _isWaiting = _heldBack > 0 && _filter.IsWaiting;
        return Relay.OnMoved(this);
    }

    private bool EndOrWait(ReceiveStatus status)
    {
        if (status == ReceiveStatus.Empty)
        {
            _source.ArmRead();
        }
        else
        {
            Relay.End(status == ReceiveStatus.Ended ? _whenEnded : _whenSourceFailed);
        }

        return false;
    }
}
