using Router.Protocol;
using Router.Protocol.Messages;

namespace Router.Proxy.Sessions;

/// <summary>Which protocol a pooled client speaks with the proxy, whatever its server speaks. Pure.</summary>
/// <param name="Version">3.0 or 3.2; 3.1 was never one.</param>
/// <param name="Answer">What the client must be told before anything else; null where it gets what it asked for.</param>
internal readonly record struct VersionAgreement(ProtocolVersion Version, NegotiateProtocolVersion? Answer)
{
    public static VersionAgreement Of(StartupMessage startup)
    {
        var version = startup.Version.Minor >= ProtocolVersion.V32.Minor ? ProtocolVersion.V32 : ProtocolVersion.V30;
        var unknown = startup.Parameters
            .Select(static parameter => parameter.Name)
            .Where(static name => name.StartsWith("_pq_.", StringComparison.Ordinal))
            .ToArray();
        return new VersionAgreement(
            version,
            version == startup.Version && unknown.Length == 0 ? null : new NegotiateProtocolVersion(version, [.. unknown]));
    }
}
