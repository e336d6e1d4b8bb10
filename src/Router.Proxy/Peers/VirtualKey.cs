using System.Security.Cryptography;
using Router.Protocol;
using Router.Protocol.Messages;

namespace Router.Proxy.Peers;

/// <summary>
/// The pid and key of a client that has no backend of its own. Made up, so that they mean nothing to a server; the pid is
/// positive, as tools expect. Where processes know each other by <c>peer_id</c>, the key says which of them gave it out, as
/// PgBouncer's keys do: the id stands in the second and third byte of the pid, the low one first, and the last two bits of the
/// key count how often a request may still be passed on. Pure but for its randomness.
/// </summary>
internal static class VirtualKey
{
    /// <summary>What fits in, and PgBouncer's bound.</summary>
    public const int PeerIdMax = 16_383;

    /// <summary>What PostgreSQL 18 sends under protocol 3.2.</summary>
    private const int LongKey = 32;

    private const byte HopsMask = 0b11;

    /// <param name="peerId">Of this process; 0: it has none.</param>
    public static BackendKeyData Make(ProtocolVersion version, int peerId)
    {
        var processId = RandomNumberGenerator.GetInt32(1, int.MaxValue);
        var secret = RandomNumberGenerator.GetBytes(version.Minor >= 2 ? LongKey : CancelKey.LengthMin);
        if (peerId > 0)
        {
            processId = (processId & ~0x00ff_ff00) | ((peerId & 0xff) << 16) | (peerId & 0xff00);
            secret[^1] |= HopsMask;
        }

        return new BackendKeyData(processId, new CancelKey(secret));
    }

    /// <summary>Who gave out the key, if it was one of the group.</summary>
    public static int PeerOf(CancelRequest request) => ((request.ProcessId >> 16) & 0xff) | (request.ProcessId & 0xff00);

    /// <summary>The request as the next process is to get it; null where it has been passed on often enough.</summary>
    public static CancelRequest? NextHop(CancelRequest request)
    {
        var secret = request.Key.Secret.ToArray();
        if ((secret[^1] & HopsMask) == 0)
        {
            return null;
        }

        secret[^1]--;
        return request with { Key = new CancelKey(secret) };
    }

    /// <summary>The key as it was given out, whoever has passed it on.</summary>
    public static CancelKey AsGiven(CancelKey key)
    {
        var secret = key.Secret.ToArray();
        secret[^1] |= HopsMask;
        return new CancelKey(secret);
    }
}
