using Router.Protocol.Messages;

namespace Router.Proxy.Sessions;

/// <summary>How a pooled session came to its end.</summary>
internal sealed record SessionEnd
{
    private SessionEnd()
    {
    }

    /// <summary>The client said goodbye, closed its connection or lost it: nobody is there to be told anything.</summary>
    public static SessionEnd ClientLeft { get; } = new();

    /// <summary>The last words to the client; null where <see cref="Cut"/> says them, or there is nobody.</summary>
    public ErrorResponse? Error { get; private init; }

    public CutReason? Cut { get; private init; }

    public static SessionEnd Refused(ErrorResponse error) => new() { Error = error };

    public static SessionEnd Because(CutReason reason) => new() { Cut = reason };
}
