namespace Router.Postgres.Probing;

/// <summary>What one session answered.</summary>
/// <param name="Answer">With <see cref="AttemptKind.Facts"/> only.</param>
/// <param name="Error">The server's error or the connection's.</param>
internal sealed record AttemptOutcome(AttemptKind Kind, ServerAnswer? Answer, string? Error = null);
