using System.Security.Cryptography;
using Router.Protocol;
using Router.Protocol.Messages;

namespace Router.Proxy.Sessions;

/// <summary>
/// The pid and key of a client that has no backend of its own. Made up, so that they mean nothing to a server; the pid is
/// positive, as tools expect.
/// </summary>
internal static class VirtualKey
{
    /// <summary>What PostgreSQL 18 sends under protocol 3.2.</summary>
    private const int LongKey = 32;

    public static BackendKeyData Make(ProtocolVersion version) => new(
        RandomNumberGenerator.GetInt32(1, int.MaxValue),
        new CancelKey(RandomNumberGenerator.GetBytes(version.Minor >= 2 ? LongKey : CancelKey.LengthMin)));
}
