using System.Net.Sockets;
using Router.Cluster;
using Router.Cluster.Guarding;
using Router.Postgres.Fencing;

namespace Router.Agent.Guarding;

/// <summary>
/// The guard's loop: one thread that waits on the deadline, the agent's socket and the agent's death, asks
/// <see cref="GuardPolicy"/>, and does what it says. It touches no disk and waits for nothing else.
/// </summary>
internal sealed unsafe class GuardServer(
    IBootClock clock,
    InstanceFence fence,
    GuardRecordFile record,
    InstanceObserver observer,
    AgentRestarter restarter,
    GuardJournal journal,
    LoopSignal signal,
    Socket listener) : IDisposable
{
    private const int PeersMax = 8;
    private const int TimerSlot = 0;
    private const int SignalSlot = 1;
    private const int ListenSlot = 2;
    private const int AgentSlot = 3;
    private const int FirstPeerSlot = 4;

    /// <summary>How often a fence that is not complete is run again.</summary>
    private static readonly TimeSpan FenceAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>How often a fired guard looks for a primary that shows up.</summary>
    private static readonly TimeSpan LookAfterFence = TimeSpan.FromMilliseconds(250);

    /// <summary>How often the identity of the instance is read afresh.</summary>
    private static readonly TimeSpan LookNormally = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RehearseEvery = TimeSpan.FromSeconds(10);

    private readonly BootTimer _timer = new();
    private readonly AgentWatch _agent = new();
    private readonly List<GuardPeer> _peers = [];
    private readonly List<PendingDisarm> _disarms = [];
    private readonly byte[] _buffer = new byte[GuardMessage.HeaderLength + GuardMessage.PayloadMax];
    private readonly uint _uid = GuardKernel.EffectiveUid();
    private GuardMemory _memory;
    private long _lookTaken;
    private BootTime _lookAt;
    private BootTime _rehearseAt;
    private bool _isDone;

    /// <summary>
    /// Runs until nothing is left to guard, or until <paramref name="stopping"/>; the deadline outlives it recorded.
    /// </summary>
    public void Run(CancellationToken stopping)
    {
        using var wake = stopping.Register(signal.Raise);
        _memory = GuardMemory.Resume(record.Read().GetValueOrDefault(), clock.Now);
        if (_memory.Duty != GuardDuty.Disarmed)
        {
            var taken = _memory;
            journal.Note(logger => GuardLog.Resumed(logger, taken.Duty, taken.Deadline, taken.Acquisition));
        }

        var entries = stackalloc PollEntry[FirstPeerSlot + PeersMax];
        Turn(GuardEvent.Tick(clock.Now));
        while (!_isDone && !stopping.IsCancellationRequested)
        {
            _timer.Set(NextWake(clock.Now));
            var count = Fill(entries);
            _ = GuardKernel.Poll(entries, (nuint)count, timeoutMs: -1);
            Turn(GuardEvent.Tick(clock.Now));
            Serve(entries, count);
            Keep(clock.Now);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        listener.Dispose();
        _agent.Dispose();
        foreach (var peer in _peers)
        {
            peer.Dispose();
        }
    }

    private BootTime NextWake(BootTime now)
    {
        var wake = _memory is { Duty: GuardDuty.Fired, IsFenced: false } ? now + FenceAgain : _lookAt;
        return GuardPolicy.WakeAt(_memory) is { } due && due < wake ? due : wake;
    }

    private int Fill(PollEntry* entries)
    {
        entries[TimerSlot] = Entry(_timer.Fd);
        entries[SignalSlot] = Entry(signal.Fd);
        entries[ListenSlot] = Entry((int)listener.Handle);
        entries[AgentSlot] = Entry(_agent.Fd);
        for (var i = 0; i < _peers.Count; i++)
        {
            entries[FirstPeerSlot + i] = Entry(_peers[i].Fd);
        }

        return FirstPeerSlot + _peers.Count;
    }

    private static PollEntry Entry(int fd) => new() { Fd = fd, Events = GuardKernel.PollIn };

    private void Serve(PollEntry* entries, int count)
    {
        // From the last, because a peer that has gone leaves the list.
        for (var i = count - 1; i >= FirstPeerSlot; i--)
        {
            if (entries[i].Returned != 0)
            {
                Receive(_peers[i - FirstPeerSlot]);
            }
        }

        if (entries[AgentSlot].Returned != 0)
        {
            LoseAgent();
        }

        if (entries[ListenSlot].Returned != 0)
        {
            Accept();
        }

        if (entries[SignalSlot].Returned != 0)
        {
            signal.Take();
            TakeLook();
        }
    }

    /// <summary>One step of the policy and its effects, in the order of safety: fence, record, the rest.</summary>
    private GuardAnswer Turn(in GuardEvent occurred)
    {
        var step = GuardPolicy.Step(_memory, occurred);
        _memory = step.Memory;
        var isFence = (step.Effects & GuardEffects.Fence) != 0;
        var report = isFence ? fence.Fence() : default;
        if ((step.Effects & GuardEffects.Persist) != 0)
        {
            record.Write(_memory.ToRecord());
        }

        if ((step.Effects & GuardEffects.RestartAgent) != 0 && _agent.Command is { } agent)
        {
            restarter.Restart(agent);
        }

        _isDone |= (step.Effects & GuardEffects.Exit) != 0;
        if (isFence)
        {
            NoteFence(report);
            _ = Turn(GuardEvent.FenceRan(occurred.Now, report.IsFenced));
        }

        return step.Answer;
    }

    private void NoteFence(FenceReport report)
    {
        var acquisition = _memory.Acquisition;
        journal.Note(logger => GuardLog.Fenced(
            logger, acquisition, report.Signalled, report.Refused, report.LastError, report.IsFenced));
    }

    private void Keep(BootTime now)
    {
        if (now >= _lookAt)
        {
            _lookAt = now + (_memory.Duty == GuardDuty.Fired ? LookAfterFence : LookNormally);
            _ = observer.Ask();
        }

        if (now >= _rehearseAt)
        {
            _rehearseAt = now + RehearseEvery;
            Rehearse(now);
        }
    }

    /// <summary>
    /// Everything that the deadline will need, with signal 0, a memory that is thrown away and the same record.
    /// </summary>
    private void Rehearse(BootTime now)
    {
        _ = GuardPolicy.Step(_memory with { Duty = GuardDuty.Armed, Deadline = now }, GuardEvent.Tick(now));
        record.Write(_memory.ToRecord());
        var report = fence.Rehearse();
        if (report.Refused > 0)
        {
            journal.Note(logger => GuardLog.RehearsalFailed(logger, report.Refused, report.LastError));
        }
    }

    private void TakeLook()
    {
        var look = observer.Last;
        if (look.Number <= _lookTaken)
        {
            return;
        }

        _lookTaken = look.Number;
        _ = Turn(GuardEvent.InstanceSeen(clock.Now, look.Sighting));
        for (var i = _disarms.Count - 1; i >= 0; i--)
        {
            if (_disarms[i].Look <= look.Number)
            {
                var (peer, number, reason, _) = _disarms[i];
                _disarms.RemoveAt(i);
                Disarm(peer, number, reason, look.Sighting);
            }
        }
    }

    private void Accept()
    {
        Socket socket;
        try
        {
            socket = listener.Accept();
        }
        catch (SocketException)
        {
            // The client has gone again.
            return;
        }

        socket.Blocking = false;
        var (pid, uid) = PeerSocket.Credentials(socket);
        if (uid != _uid || _peers.Count == PeersMax)
        {
            var reason = uid == _uid ? "too many connections" : "it belongs to another user";
            journal.Note(logger => GuardLog.ConnectionDropped(logger, pid, reason));
            socket.Dispose();
            return;
        }

        _peers.Add(new GuardPeer(socket, pid));
    }

    private void Receive(GuardPeer peer)
    {
        var length = peer.Receive(_buffer);
        if (length < 0)
        {
            return;
        }

        if (length == 0 || !GuardMessage.TryRead(_buffer.AsSpan(0, length), out var message)
            || message.Kind == GuardMessageKind.Answer)
        {
            Drop(peer, length);
            return;
        }

        Answer(peer, message, _buffer.AsSpan(GuardMessage.HeaderLength, length - GuardMessage.HeaderLength));
    }

    private void Answer(GuardPeer peer, in GuardMessage asked, ReadOnlySpan<byte> payload)
    {
        var now = clock.Now;
        switch (asked.Kind)
        {
            case GuardMessageKind.Register:
                Register(peer, asked.RestartsAgent, payload);
                Reply(peer, asked.Number, GuardAnswer.None);
                break;
            case GuardMessageKind.Arm:
                Reply(peer, asked.Number, Turn(GuardEvent.Arm(now, asked.Deadline, asked.Acquisition)));
                NoteArmed();
                break;
            case GuardMessageKind.Feed:
                Reply(peer, asked.Number, Turn(GuardEvent.Feed(now, asked.Deadline, asked.Acquisition)));
                break;
            case GuardMessageKind.Disarm when asked.Reason == DisarmReason.Paused:
                Disarm(peer, asked.Number, asked.Reason, InstanceSighting.Unknown);
                break;
            case GuardMessageKind.Disarm when _disarms.Count < PeersMax:
                _disarms.Add(new PendingDisarm(peer, asked.Number, asked.Reason, observer.Ask()));
                break;
            case GuardMessageKind.Leave when peer.Pid == _agent.Pid:
                _ = Turn(GuardEvent.AgentLeft(now));
                Reply(peer, asked.Number, GuardAnswer.None);
                break;
            default:
                Reply(peer, asked.Number, GuardAnswer.None);
                break;
        }
    }

    private void Disarm(GuardPeer peer, uint number, DisarmReason reason, InstanceSighting sighting)
    {
        var answer = Turn(GuardEvent.Disarm(clock.Now, reason, sighting));
        Reply(peer, number, answer);
        journal.Note(logger =>
        {
            if (answer == GuardAnswer.Disarmed)
            {
                GuardLog.Disarmed(logger, reason, sighting);
            }
            else
            {
                GuardLog.DisarmRefused(logger, reason, sighting);
            }
        });
    }

    private void Reply(GuardPeer peer, uint number, GuardAnswer answer)
    {
        Span<byte> bytes = stackalloc byte[GuardMessage.HeaderLength];
        new GuardMessage
        {
            Kind = GuardMessageKind.Answer,
            Number = number,
            Answer = answer,
            Duty = _memory.Duty,
            Deadline = _memory.Deadline,
            Acquisition = _memory.Acquisition,
        }.Write(bytes);
        peer.Send(bytes);
    }

    private void NoteArmed()
    {
        var (duty, deadline, acquisition) = (_memory.Duty, _memory.Deadline, _memory.Acquisition);
        if (duty == GuardDuty.Armed)
        {
            journal.Note(logger => GuardLog.Armed(logger, deadline, acquisition));
        }
    }

    private void Register(GuardPeer peer, bool restartsAgent, ReadOnlySpan<byte> payload)
    {
        var lives = _agent.Begin(peer.Pid, AgentCommand.FromPayload(payload));
        fence.AgentPid = peer.Pid;
        _ = Turn(GuardEvent.AgentBack(clock.Now, restartsAgent && _agent.Command is not null));
        journal.Note(logger => GuardLog.AgentRegistered(logger, peer.Pid));
        if (!lives)
        {
            LoseAgent();
        }
    }

    private void Drop(GuardPeer peer, int length)
    {
        if (length > 0)
        {
            journal.Note(logger => GuardLog.ConnectionDropped(logger, peer.Pid, "not this version of the protocol"));
        }

        _ = _peers.Remove(peer);
        _ = _disarms.RemoveAll(pending => pending.Peer == peer);
        peer.Dispose();

        if (peer.Pid == _agent.Pid && _agent.Fd < 0)
        {
            LoseAgent();
        }
    }

    private void LoseAgent()
    {
        var pid = _agent.Pid;
        _agent.End();
        fence.AgentPid = 0;
        if (pid != 0 && _memory.Agent == AgentLink.Present)
        {
            journal.Note(logger => GuardLog.AgentLost(logger, pid));
        }

        _ = Turn(GuardEvent.AgentLost(clock.Now));
    }

    /// <param name="Look">The answer is given after this look at the instance.</param>
    private sealed record PendingDisarm(GuardPeer Peer, uint Number, DisarmReason Reason, long Look);
}
