using System.Diagnostics;
using Router.Protocol;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// The steady way of a pooled client without async machinery: a request arrives, gets a server connection, is relayed, and
/// the connection goes back, by callbacks alone. It serves while the session waits for its client, and hands over to it, with
/// what it has in its hands, whenever anything else happens than a transaction that went well.
/// </summary>
/// <remarks>It decides nothing: linking, giving back and all that is unusual belong to the session, on both ways.</remarks>
internal sealed class SteadyLane : IRelayOwner
{
    private readonly IConnection _client;
    private readonly BackendPool _pool;
    private readonly PoolTicket _ticket;
    private readonly BackendLink _link;
    private readonly RelayPhase _phase;
    private readonly RelayOptions _relay;
    private readonly ClientArrivals _arrivals;
    private readonly Action<PoolAnswer> _onAnswer;
    private LaneHandOver _handOver;
    private bool _isRelaying;

    public SteadyLane(
        IConnection client, BackendPool pool, PoolTicket ticket, BackendLink link, RelayPhase phase, RelayOptions relay,
        ClientArrivals arrivals)
    {
        _client = client;
        _pool = pool;
        _ticket = ticket;
        _link = link;
        _phase = phase;
        _relay = relay;
        _arrivals = arrivals;
        _onAnswer = OnAnswer;
    }

    /// <summary>A request of the client waits for a server connection.</summary>
    public bool IsQueued { get; private set; }

    /// <summary>What was handed over, once.</summary>
    public LaneHandOver TakeHandOver()
    {
        var taken = _handOver;
        _handOver = default;
        return taken;
    }

    /// <summary>The client has said something: serves it. False where that is not for this lane, and nothing was done.</summary>
    public bool TryServe()
    {
        try
        {
            if (_pool.TryTake(_ticket) is { } backend)
            {
                Serve(backend);
                return true;
            }

            if (_arrivals.Peek() is not { } type || type == MessageType.Terminate || UnlinkedRequest.NeedsNoServer(type))
            {
                return false;
            }

            IsQueued = true;
            _ticket.Told = _onAnswer;
            _arrivals.Watch();
            _pool.Enqueue(_ticket);
        }
        catch (Exception failure)
        {
            HandOver(new LaneHandOver { Failure = failure });
        }

        return true;
    }

    /// <summary>The session is to end: whatever goes on here is handed over.</summary>
    public void Interrupt()
    {
        if (_isRelaying)
        {
            _client.Loop.AbortRelay(_client);
        }
        else
        {
            _pool.Leave(_ticket);
        }
    }

    /// <inheritdoc/>
    public void OnRelayEnded(RelayEnd end)
    {
        _isRelaying = false;
        try
        {
            if (!_phase.IsWellDone(end) || _phase.MustBeSurveyed)
            {
                HandOver(new LaneHandOver { End = end });
                return;
            }

            _link.GiveBack(isUnsent: false);
            if (_client.IsReadReady)
            {
                _arrivals.Wake();
            }
            else
            {
                _arrivals.Watch();
            }
        }
        catch (Exception failure)
        {
            HandOver(new LaneHandOver { Failure = failure });
        }
    }

    private void OnAnswer(PoolAnswer answer)
    {
        IsQueued = false;
        _link.OnWaited(_ticket);
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

    private void Serve(PooledBackend backend)
    {
        Debug.Assert(!_isRelaying, "one request at a time");
        if (!_link.TryAttach(backend))
        {
            HandOver(new LaneHandOver { Answer = new PoolAnswer(backend, null) });
            return;
        }

        _isRelaying = true;
        if (_phase.Start(_relay, this) is { } end)
        {
            OnRelayEnded(end);
        }
    }

    private void HandOver(LaneHandOver what)
    {
        _handOver = what;
        _arrivals.HandOver();
    }
}
