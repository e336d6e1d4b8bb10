using System.Runtime.CompilerServices;
using Router.Protocol;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// Waits for what a pooled client says next, without taking it: while nobody asks anything no buffer is held, and a request
/// that a server connection is at hand for goes from socket to socket.
/// </summary>
/// <param name="onLeaving">The client closes its connection while nobody waits for a request of it.</param>
internal sealed class ClientArrivals(IConnection client, Action onLeaving) : IReadinessWatcher
{
    private readonly LoopSignal<Arrival> _arrival = new(client.Loop);
    private bool _isPeerClosing;

    /// <summary>Serves requests while this waits for one; null where there is no such lane.</summary>
    public SteadyLane? Lane { get; set; }

    /// <summary>Hear from now on when the client leaves.</summary>
    public void Watch() => client.Watch(this);

    /// <summary>Ends a wait, which then throws by its token.</summary>
    public void Wake() => _arrival.TrySet(Arrival.Unknown);

    /// <summary>Ends the wait during which the lane has served.</summary>
    public void HandOver() => _arrival.TrySet(Arrival.HandedOver);

    /// <inheritdoc/>
    public void OnReadable(bool isPeerClosing)
    {
        _isPeerClosing |= isPeerClosing;
        if (Lane is { IsQueued: true })
        {
            // Its request is there, and waits for a server connection.
            if (isPeerClosing)
            {
                onLeaving();
            }

            return;
        }

        var isAwaited = _arrival.IsWaiting;
        if (isAwaited && !_isPeerClosing && Lane is { } lane && lane.TryServe())
        {
            return;
        }

        if (isAwaited)
        {
            _arrival.TrySet(_isPeerClosing ? Arrival.Unknown : Arrival.Request);
        }
        else if (isPeerClosing)
        {
            onLeaving();
        }
    }

    /// <summary>Waits until the client has said something. Whatever it is, none of it is taken.</summary>
    /// <param name="isLinked">It has a server connection, which is to see everything.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Arrival> WaitAsync(bool isLinked, CancellationToken cut)
    {
        while (!client.IsReadReady)
        {
            client.Watch(this);
            var heard = await _arrival.WaitAsync();
            if (heard == Arrival.HandedOver)
            {
                // Also in a session that is cut: what it got must be given back.
                return heard;
            }

            cut.ThrowIfCancellationRequested();
            if (heard == Arrival.Request)
            {
                return heard;
            }
        }

        // There may be bytes, or the end of them: only a look can tell.
        Arrival arrival;
        do
        {
            arrival = await LookAsync(isLinked, cut);
        }
        while (arrival == Arrival.Answered);
        return arrival;
    }

    /// <summary>Waits for the client's next message and looks what it is; answers it where no server is needed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Arrival> LookAsync(bool isLinked, CancellationToken cut)
    {
        var read = await client.Input.ReadAsync(cut);
        var type = read.Buffer.IsEmpty ? MessageType.Terminate : read.Buffer.FirstSpan[0];
        client.Input.AdvanceTo(read.Buffer.Start);
        if (type == MessageType.Terminate)
        {
            return Arrival.Left;
        }

        if (isLinked || !UnlinkedRequest.NeedsNoServer(type))
        {
            return Arrival.Request;
        }

        await UnlinkedRequest.AnswerAsync(client, cut);
        return Arrival.Answered;
    }

    /// <summary>The type of the message that has begun to arrive, at once; null where none has, or the client is gone.</summary>
    public byte? Peek()
    {
        if (!client.Input.TryRead(out var read))
        {
            return null;
        }

        byte? type = read.Buffer.IsEmpty ? null : read.Buffer.FirstSpan[0];
        client.Input.AdvanceTo(read.Buffer.Start);
        return type;
    }
}
