using Router.Transport;

namespace Router.Proxy.Pooling;

/// <summary>A session's place in a pool's queue; one for the life of the session, used on its loop only.</summary>
internal sealed class PoolTicket
{
    private readonly IEventLoop _loop;
    private LoopSignal<PoolAnswer>? _signal;

    public PoolTicket(IEventLoop loop, StartupProfile profile)
    {
        _loop = loop;
        Profile = profile;
        Node = new LinkedListNode<PoolTicket>(this);
    }

    public StartupProfile Profile { get; }

    /// <summary>Where the session awaits its answer; most never do.</summary>
    public LoopSignal<PoolAnswer> Signal => _signal ??= new LoopSignal<PoolAnswer>(_loop);

    /// <summary>Who is told the next answer in place of the signal; null where the session awaits that.</summary>
    public IAnswerTaker? Told { get; set; }

    public LinkedListNode<PoolTicket> Node { get; }

    /// <summary>When it began to wait, by the loop's clock.</summary>
    public long Since { get; set; }

    /// <summary>The client's own bound of the wait; null: the pool's.</summary>
    public TimeSpan? QueryWaitTimeout { get; init; }

    /// <summary>The client waits to be greeted.</summary>
    public bool IsLogin { get; set; }

    public bool IsQueued => Node.List is not null;

    /// <summary>Ends the wait; false where nobody waits.</summary>
    public bool Answer(PoolAnswer answer)
    {
        if (Told is not { } told)
        {
            return _signal is { } signal && signal.TrySet(answer);
        }

        Told = null;
        told.OnAnswer(answer);
        return true;
    }
}
