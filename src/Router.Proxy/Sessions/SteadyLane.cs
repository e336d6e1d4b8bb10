using System.Diagnostics;
using Router.Protocol;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// A pooled client at rest, and its steady way without async machinery: a request arrives, gets a server connection, is
/// relayed, and the connection goes back, by callbacks alone. Whenever anything else happens than a transaction that went
/// well, it lets the session go on, with what it has in its hands.
/// </summary>
/// <remarks>
/// It decides nothing: linking, giving back and all that is unusual belong to the session, on both ways. While nobody asks
/// anything no buffer is held, no task waits, and a request that a server connection is at hand for goes from socket to socket.
/// </remarks>
/// <param name="isSteady">Serves here what can be; false where every request is the session's.</param>
internal sealed class SteadyLane(
    ISessionHost host, IConnection client, BackendPool pool, PoolTicket ticket, BackendLink link, RelayPhase phase,
    RelayOptions relay, bool isSteady) : IRelayOwner, IReadinessWatcher, IAnswerTaker
{
    private static readonly Action<object?> LookAgain = static lane => ((SteadyLane)lane!).OnMore();

    private LaneHandOver? _handOver;
    private bool _isRelaying;
    private bool _isQueued;
    private bool _isPeerClosing;

    /// <summary>The session does nothing: what happens next happens here.</summary>
    private bool _isResting;

    /// <summary>Nothing is under way to the client.</summary>
    public bool IsSilent => _isResting && !_isRelaying;

    /// <summary>Hear from now on when the client leaves.</summary>
    public void Watch() => client.Watch(this);

    /// <summary>The session has nothing to do until its client says something.</summary>
    public void Rest()
    {
        _isResting = true;
        link.TellHeard();
        client.Watch(this);
        if (client.IsReadReady)
        {
            GoOn();
        }
    }

    /// <summary>What was handed over, once; null where nothing was.</summary>
    public LaneHandOver? TakeHandOver()
    {
        var taken = _handOver;
        _handOver = null;
        return taken;
    }

    /// <summary>The session is to end: whatever goes on here is handed over.</summary>
    public void Interrupt()
    {
        if (_isRelaying)
        {
            client.Loop.AbortRelay(client);
        }
        else
        {
            pool.Leave(ticket);
        }

        GoOn();
    }

    /// <inheritdoc/>
    public void OnReadable(bool isPeerClosing)
    {
        _isPeerClosing |= isPeerClosing;
        if (!_isResting || _isQueued)
        {
            // A request that waits for a server connection waits for nobody any more.
            if (isPeerClosing)
            {
                pool.Leave(ticket);
            }
        }
        else if (!isSteady || _isPeerClosing || !TryServe())
        {
            GoOn();
        }
    }

    /// <inheritdoc/>
    public void OnRelayEnded(RelayEnd end)
    {
        _isRelaying = false;
        try
        {
            if (!phase.IsWellDone(end) || phase.MustBeSurveyed)
            {
                HandOver(new LaneHandOver { End = end });
                return;
            }

            link.GiveBack(isUnsent: false);
            link.TellHeard();
            if (client.IsReadReady)
            {
                // Not from here: requests that follow each other must not nest, nor keep other clients waiting.
                client.Loop.Post(LookAgain, this);
            }
            else
            {
                client.Watch(this);
            }
        }
        catch (Exception failure)
        {
            HandOver(new LaneHandOver { Failure = failure });
        }
    }

    /// <inheritdoc/>
    public void OnAnswer(PoolAnswer answer)
    {
        _isQueued = false;
        link.OnWaited(ticket);
        try
        {
            if (answer.Backend is { } backend)
            {
                Serve(backend);
            }
            else
            {
                HandOver(new LaneHandOver { Answer = answer });
            }
        }
        catch (Exception failure)
        {
            HandOver(new LaneHandOver { Failure = failure });
        }
    }

    /// <summary>More of the client may be there already.</summary>
    private void OnMore()
    {
        if (!IsSilent || _isQueued)
        {
            return;
        }

        if (Peek() is not null)
        {
            OnReadable(isPeerClosing: false);
        }
        else if (client.IsReadReady)
        {
            // Its end, or a failure, or nothing that a look at once can tell.
            GoOn();
        }
        else
        {
            client.Watch(this);
        }
    }

    /// <summary>The client has said something: serves it. False where that is not for this lane, and nothing was done.</summary>
    private bool TryServe()
    {
        if (link.Backend is not null)
        {
            // Kept between its transactions.
            return false;
        }

        try
        {
            if (pool.TryTake(ticket) is { } backend)
            {
                Serve(backend);
                return true;
            }

            if (Peek() is not { } type || type == MessageType.Terminate || UnlinkedRequest.NeedsNoServer(type))
            {
                return false;
            }

            _isQueued = true;
            ticket.Told = this;
            client.Watch(this);
            pool.Enqueue(ticket);
        }
        catch (Exception failure)
        {
            HandOver(new LaneHandOver { Failure = failure });
        }

        return true;
    }

    /// <summary>The type of the message that has begun to arrive, at once; null where none has, or the client is gone.</summary>
    private byte? Peek()
    {
        if (!client.Input.TryRead(out var read))
        {
            return null;
        }

        byte? type = read.Buffer.IsEmpty ? null : read.Buffer.FirstSpan[0];
        client.Input.AdvanceTo(read.Buffer.Start);
        return type;
    }

    private void Serve(PooledBackend backend)
    {
        Debug.Assert(!_isRelaying, "one request at a time");
        if (!link.TryAttach(backend))
        {
            HandOver(new LaneHandOver { Answer = new PoolAnswer(backend, null) });
            return;
        }

        _isRelaying = true;
        if (phase.Start(relay, this) is { } end)
        {
            OnRelayEnded(end);
        }
    }

    private void HandOver(LaneHandOver what)
    {
        _handOver = what;
        GoOn();
    }

    private void GoOn()
    {
        if (_isResting)
        {
            _isResting = false;
            host.GoOn();
        }
    }
}
