using Router.Protocol;
using Router.Protocol.Messages;

namespace Router.Proxy.Manners;

/// <summary>One thing that a client may be told instead of an answer.</summary>
/// <param name="Code">The SQLSTATE that says what it is.</param>
/// <param name="Words">Ours.</param>
/// <param name="BouncerWords">PgBouncer's; null: it never says such a thing, and so ours.</param>
internal readonly record struct Refusal(string Code, string Words, string? BouncerWords = null)
{
    public string? Hint { get; init; }

    /// <summary>As the client hears it, who is disconnected then.</summary>
    public ErrorResponse In(Personality personality) => personality == Personality.PgBouncer
        ? ErrorResponse.Fatal(SqlState.ProtocolViolation, BouncerWords ?? Words) with { IsTerse = true }
        : ErrorResponse.Fatal(Code, Words) with { Hint = Hint };
}
