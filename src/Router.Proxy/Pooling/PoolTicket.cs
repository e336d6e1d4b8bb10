using Router.Transport;

namespace Router.Proxy.Pooling;

/// <summary>A session's place in a pool's queue; one for the life of the session, used on its loop only.</summary>
internal sealed class PoolTicket
{
    public PoolTicket(IEventLoop loop, StartupProfile profile)
    {
        Signal = new LoopSignal<PoolAnswer>(loop);
        Profile = profile;
        Node = new LinkedListNode<PoolTicket>(this);
    }

    public StartupProfile Profile { get; }

    public LoopSignal<PoolAnswer> Signal { get; }

    public LinkedListNode<PoolTicket> Node { get; }

    /// <summary>When it began to wait, by the loop's clock.</summary>
    public long Since { get; set; }

    public bool IsQueued => Node.List is not null;
}
