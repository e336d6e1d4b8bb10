using Router.Cluster;

namespace Router.Agent.Api;

/// <summary>The body of a leader's POST /failsafe.</summary>
/// <param name="Leader">Who asks.</param>
/// <param name="ConnUrl">Its PostgreSQL.</param>
/// <param name="ApiUrl">Its REST API.</param>
public sealed record FailsafeCall(MemberName Leader, string? ConnUrl, string? ApiUrl);
