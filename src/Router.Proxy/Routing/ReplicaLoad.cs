namespace Router.Proxy.Routing;

/// <param name="Connections">Backend connections that the proxy has there now.</param>
/// <param name="IsFailing">A connection attempt failed a moment ago: last choice.</param>
public readonly record struct ReplicaLoad(int Connections, bool IsFailing);
