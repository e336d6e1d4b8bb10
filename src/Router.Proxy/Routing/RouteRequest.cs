namespace Router.Proxy.Routing;

/// <param name="Kind">The listener that the client came to.</param>
/// <param name="MayFallBackToPrimary">A replica client takes the primary while no replica is there.</param>
public readonly record struct RouteRequest(ListenerKind Kind, bool MayFallBackToPrimary);
