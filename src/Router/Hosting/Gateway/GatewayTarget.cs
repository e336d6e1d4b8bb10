using Router.Cluster;

namespace Router.Hosting.Gateway;

/// <summary>Where a gateway path leads (S23): to an agent, or to a refusal.</summary>
internal abstract record GatewayTarget
{
    private const string ClusterPrefix = "/cluster";
    private const string MembersPrefix = "/members";

    private GatewayTarget()
    {
    }

    /// <param name="Base">Scheme, host and port of the agent's REST API.</param>
    /// <param name="Path">The path there.</param>
    public sealed record Agent(string Base, string Path) : GatewayTarget;

    /// <param name="Status">The HTTP status code.</param>
    /// <param name="Reason">One sentence.</param>
    public sealed record Refused(int Status, string Reason) : GatewayTarget;

    public static bool IsGatewayPath(PathString path) =>
        path.StartsWithSegments(ClusterPrefix, StringComparison.Ordinal)
        || path.StartsWithSegments(MembersPrefix, StringComparison.Ordinal);

    /// <param name="path">One that <see cref="IsGatewayPath"/> took.</param>
    /// <param name="view">The newest view; null before the first.</param>
    public static GatewayTarget Of(PathString path, ClusterView? view)
    {
        if (view is null)
        {
            return new Refused(StatusCodes.Status503ServiceUnavailable, "the cluster has not been read from the store yet");
        }

        return path.StartsWithSegments(ClusterPrefix, StringComparison.Ordinal, out var rest)
            ? OfLeader(rest, view)
            : OfMember(path, view);
    }

    private static GatewayTarget OfLeader(PathString rest, ClusterView view)
    {
        if (view.Leader.Value is not { } held)
        {
            return new Refused(StatusCodes.Status503ServiceUnavailable, "the cluster has no leader");
        }

        return ApiOf(view.LeaderMember, rest, held.Holder);
    }

    private static GatewayTarget OfMember(PathString path, ClusterView view)
    {
        _ = path.StartsWithSegments(MembersPrefix, StringComparison.Ordinal, out var afterPrefix);
        var parts = (afterPrefix.Value ?? "").TrimStart('/').Split('/', 2);
        if (view.Find(new MemberName(parts[0])) is not { } member)
        {
            return new Refused(StatusCodes.Status404NotFound, $"there is no member '{parts[0]}'");
        }

        return ApiOf(member, "/" + (parts.Length > 1 ? parts[1] : ""), member.Name);
    }

    private static GatewayTarget ApiOf(Member? member, PathString path, MemberName name) =>
        Uri.TryCreate(member?.ApiUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new Agent(url.GetLeftPart(UriPartial.Authority), path.HasValue ? path.ToUriComponent() : "/")
            : new Refused(StatusCodes.Status503ServiceUnavailable, $"the member {name} publishes no api_url");
}
