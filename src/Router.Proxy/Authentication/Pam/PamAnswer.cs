namespace Router.Proxy.Authentication.Pam;

/// <summary>What PAM says of a user and a password.</summary>
/// <param name="Problem">Why he is not let in, in PAM's words; null: he is.</param>
/// <param name="Delay">How long its modules want him to wait for a refusal.</param>
internal readonly record struct PamAnswer(string? Problem, TimeSpan Delay);
