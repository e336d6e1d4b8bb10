using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Router.Transport.Linux;
using Router.Transport.Loops;

namespace Router.Transport.Uring;

/// <summary>
/// A loop on Linux io_uring. What a turn wants of the system is queued, and one call at its end submits all of it and
/// waits: a busy loop makes one system call for many round trips.
/// </summary>
/// <remarks>
/// Receives complete when bytes come. Sends never wait (MSG_DONTWAIT), so when the call that submitted them returns each
/// has ended, and only one that fell short has a completion: no completion means that all was sent.
/// </remarks>
internal sealed class UringLoop : DescriptorLoop
{
    private const ulong WakeData = ulong.MaxValue;

    private readonly Ring _ring;
    private readonly UringRegistry _registry = new();
    private readonly Queue<UringConnection> _starved = new();
    private readonly byte[] _wakeCount = GC.AllocateArray<byte>(sizeof(ulong), pinned: true);
    private List<UringConnection> _sending = [];
    private List<UringConnection> _sent = [];

    private UringLoop(int index, TransportSettings settings, ILogger logger, Ring ring, ReceiveBuffers buffers)
        : base(index, settings, logger)
    {
        _ring = ring;
        Buffers = buffers;
    }

    internal ReceiveBuffers Buffers { get; }

    /// <exception cref="TransportException">This system has no io_uring that does, or forbids it; says why.</exception>
    public static UringLoop Open(
        int index, TransportSettings settings, ILogger logger, int buffers = ReceiveBuffers.CountByDefault)
    {
        var loop = new UringLoop(index, settings, logger, Ring.Open(), new ReceiveBuffers(buffers));
        try
        {
            loop.Buffers.RegisterWith(loop._ring);
            loop.OpenWake(isBlocking: true);
            return loop;
        }
        catch (TransportException)
        {
            loop.Close();
            throw;
        }
    }

    public override ITransportListener Listen(EndPoint endPoint, ListenOptions options, Acceptor acceptor)
    {
        var socket = ListeningSocket.Open(endPoint, options, Settings.Tcp);
        // The ring waits for descriptors that would block, and fails at once with those that would not.
        socket.Blocking = true;
        var listener = new UringListener(this, socket, acceptor);
        listener.Start();
        return listener;
    }

    internal override DescriptorConnection Wrap(int descriptor) => new UringConnection(this, descriptor);

    internal int Register(IUringTarget target) => _registry.Add(target);

    internal void Release(int place) => _registry.Remove(place);

    /// <summary>An operation to be filled in at once; the kernel is asked at the end of the turn.</summary>
    internal ref SubmissionEntry Ask(int place, UringOperation operation, byte kind, int descriptor)
    {
        ref var entry = ref AskSilently(kind, descriptor);
        entry.Data = UringRegistry.DataOf(place, operation);
        return ref entry;
    }

    /// <summary>Asks for the end of an operation under way, which then completes, mostly as cancelled.</summary>
    internal void Cancel(int place, UringOperation operation) =>
        AskSilently(UringCalls.OperationAsyncCancel, -1).CancelledData = UringRegistry.DataOf(place, operation);

    /// <summary>Closes a descriptor behind what was asked of it before.</summary>
    internal void CloseDescriptor(int descriptor) => AskSilently(UringCalls.OperationClose, descriptor);

    /// <summary>Does what was asked for now, and not only at the end of the turn.</summary>
    internal void Submit() => _ring.Submit();

    /// <summary>A connection that has asked for a send hears of its end.</summary>
    internal void AwaitSent(UringConnection connection) => _sending.Add(connection);

    /// <summary>No buffer was free for a connection: it receives again when there is one.</summary>
    internal void AwaitBuffer(UringConnection connection) => _starved.Enqueue(connection);

    protected override DescriptorConnect NewConnect(EndPoint endPoint) => new UringConnect(this, endPoint);

    protected override void Begin()
    {
        _ring.Enable();
        ReceiveWake();
    }

    protected override int Wait(int timeoutMs)
    {
        for (var left = Math.Min(_starved.Count, Buffers.Free); left > 0; left--)
        {
            _starved.Dequeue().ArmRead();
        }

        if (_sent.Count == 0)
        {
            (_sent, _sending) = (_sending, _sent);
        }

        _ring.Enter(_ring.IsOverflown || IsSendAwaited() ? 0 : timeoutMs);
        return _ring.Completed;
    }

    protected override void Dispatch(int events)
    {
        HearOfShortSends(events);
        CompleteSends();
        for (var index = 0; index < events; index++)
        {
            ref readonly var completion = ref _ring.Completion(index);
            var (data, result, flags) = (completion.Data, completion.Result, completion.Flags);
            var operation = UringRegistry.OperationOf(data);
            if (data == WakeData)
            {
                ReceiveWake();
            }
            else if (operation != UringOperation.Send)
            {
                _registry.Find(data)?.OnCompleted(operation, result, flags);
            }
        }

        _ring.Take(events);
    }

    protected override void Close()
    {
        // What is under way may still read or write memory of ours.
        const int RoundsMax = 1000;
        try
        {
            for (var round = 0; round < RoundsMax && _registry.Count > 0; round++)
            {
                Dispatch(Wait(timeoutMs: 1));
            }
        }
        catch (TransportException)
        {
            // The ring is broken, which is why the loop ends, and is in its log.
        }

        CloseWake();
        _ring.Dispose();
        Buffers.Dispose();
    }

    private ref SubmissionEntry AskSilently(byte kind, int descriptor)
    {
        ref var entry = ref _ring.Next();
        entry.Operation = kind;
        entry.Descriptor = descriptor;
        return ref entry;
    }

    /// <summary>What fell short comes first, for all other sends count as done.</summary>
    private void HearOfShortSends(int events)
    {
        for (var index = 0; index < events; index++)
        {
            ref readonly var completion = ref _ring.Completion(index);
            if (UringRegistry.OperationOf(completion.Data) == UringOperation.Send)
            {
                _registry.Find(completion.Data)?.OnCompleted(UringOperation.Send, completion.Result, completion.Flags);
            }
        }
    }

    /// <summary>The sends that the last call submitted have ended.</summary>
    private void CompleteSends()
    {
        if (_ring.Unsubmitted > 0 || _ring.IsOverflown)
        {
            return;
        }

        foreach (var connection in _sent)
        {
            connection.OnSent();
        }

        _sent.Clear();
    }

    /// <summary>Somebody goes on when a send has ended, which brings no completion: the loop must not sleep.</summary>
    private bool IsSendAwaited()
    {
        foreach (var connection in _sent)
        {
            if (connection.IsSendAwaited)
            {
                return true;
            }
        }

        return _sending.Count > 0;
    }

    private unsafe void ReceiveWake()
    {
        ref var entry = ref AskSilently(UringCalls.OperationRead, WakeDescriptor);
        entry.Address = Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_wakeCount));
        entry.Length = sizeof(ulong);
        entry.Data = WakeData;
    }
}
