using Router.Protocol.Messages;
using Router.Proxy.Console;
using Router.Proxy.Pooling;

namespace Router.Proxy.Sessions;

/// <summary>What became of a client that came to a proxy which pools.</summary>
internal abstract record Admission
{
    private Admission()
    {
    }

    public sealed record Refused(ErrorResponse Error) : Admission;

    /// <summary>The client closed its connection.</summary>
    public sealed record Left : Admission;

    /// <summary>It wants the console, and may have it.</summary>
    public sealed record ToConsole(ConsoleRights Rights, StartupMessage Startup) : Admission;

    /// <summary>It has a place in a pool, which it must leave.</summary>
    /// <param name="Startup">What is left of its wishes, with the protocol version that it speaks.</param>
    /// <param name="User">Its own name.</param>
    public sealed record ToPool(BackendPool Pool, StartupMessage Startup, string User) : Admission;
}
