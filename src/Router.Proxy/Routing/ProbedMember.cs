namespace Router.Proxy.Routing;

/// <param name="Stamp">The leader key under which it was asked; null while there was none.</param>
/// <param name="Member">Who was asked.</param>
/// <param name="Facts">What it answered.</param>
public sealed record ProbedMember(LeaderStamp? Stamp, RoutedMember Member, BackendFacts Facts);
