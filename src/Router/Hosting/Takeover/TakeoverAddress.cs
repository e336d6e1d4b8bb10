using System.Net;
using System.Net.Sockets;

namespace Router.Hosting.Takeover;

/// <summary>
/// Where a running pooler can be asked to hand over: an abstract unix socket, named after what it listens on, so that whoever
/// has the same configuration finds it, and nothing is left behind by a process that dies.
/// </summary>
internal static class TakeoverAddress
{
    /// <summary>Null where the name would be too long.</summary>
    /// <param name="listen">A unix socket among them is nobody else's; an address may be shared.</param>
    public static UnixDomainSocketEndPoint? Of(IReadOnlyList<EndPoint> listen)
    {
        var own = listen.FirstOrDefault(static endPoint => endPoint is UnixDomainSocketEndPoint) ?? listen[0];
        try
        {
            return new UnixDomainSocketEndPoint($"\0router-takeover:{own}");
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
