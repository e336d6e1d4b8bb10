using System.Collections.Immutable;

namespace Router.Cluster;

/// <summary>The <c>failsafe</c> key: member name to the URL of its REST API.</summary>
public sealed record FailsafeTopology(ImmutableSortedDictionary<string, string> ApiUrls);
