using System.Net;

namespace Router.Proxy.Backends;

/// <summary>Where a cancel request for a backend must go.</summary>
/// <param name="EndPoint">The address that was reached, whatever the name resolves to later.</param>
/// <param name="Host">As it is configured, for its certificate.</param>
/// <param name="IsSecured">The backend's own connection is.</param>
internal sealed record CancelAddress(EndPoint EndPoint, string Host, bool IsSecured);
