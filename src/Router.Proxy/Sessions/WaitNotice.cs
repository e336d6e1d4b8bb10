using System.Buffers;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Manners;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>Tells a client once that its request waits for a server connection (<c>query_wait_notify</c>).</summary>
internal struct WaitNotice
{
    /// <summary>The wait of which the client knows, by its beginning.</summary>
    private long _told;

    /// <summary>True once for each wait that lasts so long.</summary>
    public bool IsDue(PoolTicket ticket, TimeProvider time, TimeSpan after)
    {
        if (!ticket.IsQueued || ticket.IsLogin || after <= TimeSpan.Zero || _told == ticket.Since
            || time.GetElapsedTime(ticket.Since) < after)
        {
            return false;
        }

        _told = ticket.Since;
        return true;
    }

    /// <summary>Nothing is under way to a client that waits, so the notice stands between two messages.</summary>
    public static void Send(IConnection client, Personality personality)
    {
        var writer = new FrameWriter();
        NoticeResponse.Write(writer, Refusals.Waiting(personality));
        try
        {
            client.Output.Write(writer.Written.Span);
            client.Push();
        }
        catch (TransportException)
        {
            // The session notices by itself that its client is gone.
        }
    }
}
