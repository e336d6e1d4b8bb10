using Router.Protocol.Authentication;
using Router.Protocol.Messages;

namespace Router.Proxy.Authentication;

/// <summary>What is known of a user who wants in.</summary>
internal abstract record UserLookupOutcome
{
    private UserLookupOutcome()
    {
    }

    /// <param name="Password">What is stored; null where no password is right.</param>
    public sealed record Known(StoredPassword? Password) : UserLookupOutcome;

    /// <summary>There is no such user.</summary>
    public sealed record Unknown : UserLookupOutcome;

    /// <summary>Nobody could be asked.</summary>
    public sealed record Failed(ErrorResponse Error) : UserLookupOutcome;
}
