namespace Router.Proxy.Traits;

/// <summary>What an SQL text may do to its session, beyond its transaction. A hint only: whether it did, the server is asked.</summary>
/// <param name="Effect">What may change.</param>
/// <param name="CustomSettings">Settings with a dot in their names, which PostgreSQL lists nowhere; folded.</param>
/// <param name="Unlistened">Channels that it gives up, as PostgreSQL knows them; "*" for all.</param>
/// <param name="Opaque">Why nobody can say what becomes of the session; null where one can.</param>
internal sealed record SqlHint(SqlEffect Effect, IReadOnlyList<string> CustomSettings, IReadOnlyList<string> Unlistened, string? Opaque)
{
    public static SqlHint None { get; } = new(SqlEffect.None, [], [], null);

    /// <summary>In <see cref="Unlistened"/>: every channel.</summary>
    public const string AllChannels = "*";
}
