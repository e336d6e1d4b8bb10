namespace Router.Protocol.Authentication;

/// <summary>What a step of a SCRAM exchange came to. All but the first two end it.</summary>
public enum ScramOutcome
{
    /// <summary>Good so far; the other side has the next word.</summary>
    Continue,

    /// <summary>The other side is who it says it is.</summary>
    Authenticated,

    /// <summary>The client's proof is wrong, or the user is none. PostgreSQL: 28P01.</summary>
    WrongPassword,

    /// <summary>The message breaks the protocol, or comes out of turn. PostgreSQL: 08P01.</summary>
    Malformed,

    /// <summary>The message asks for what neither PostgreSQL nor we have: authzid, mandatory extensions. 0A000.</summary>
    Unsupported,

    /// <summary>
    /// The channel is not the one that the client is bound to, or the client believes that we cannot bind although we
    /// offered it: somebody stands between. PostgreSQL: 28000.
    /// </summary>
    ChannelBindingFailed,

    /// <summary>The server said <c>e=</c> instead of its signature.</summary>
    ServerRefused,

    /// <summary>The server does not know the password either: it only played the part.</summary>
    WrongServer,
}
