using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Router.Protocol;

namespace Router.Proxy.Listening;

/// <summary>
/// What a load balancer says in front of a connection that it passes on: the PROXY protocol, version 1 (a line of text) or 2
/// (binary). Pure; reads any bytes without throwing.
/// </summary>
/// <param name="Length">Bytes of the header.</param>
/// <param name="Source">
/// The client's own address; null where the balancer speaks for itself (a health check) or for somebody without one.
/// </param>
internal readonly record struct ProxyHeader(int Length, IPEndPoint? Source)
{
    /// <summary>Addresses and what may stand behind them (TLVs, which nobody here reads).</summary>
    public const int LengthMax = BinaryHead + 4096;

    /// <summary>The longest line, with its end.</summary>
    private const int TextMax = 107;

    private const int BinaryHead = 16;

    private static ReadOnlySpan<byte> TextStart => "PROXY "u8;

    private static ReadOnlySpan<byte> BinaryStart => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>A header of either version begins so, and neither a packet of PostgreSQL's nor a TLS handshake does.</summary>
    public static bool IsFirstByte(byte first) => first == TextStart[0] || first == BinaryStart[0];

    public static ScanStatus TryRead(ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        header = default;
        if (StartsLike(bytes, TextStart))
        {
            return bytes.Length < TextStart.Length ? ScanStatus.NeedMore : TryReadText(bytes, out header);
        }

        if (StartsLike(bytes, BinaryStart))
        {
            return bytes.Length < BinaryHead ? ScanStatus.NeedMore : TryReadBinary(bytes, out header);
        }

        return ScanStatus.Malformed;
    }

    private static bool StartsLike(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> start) =>
        bytes[..Math.Min(bytes.Length, start.Length)].SequenceEqual(start[..Math.Min(bytes.Length, start.Length)]);

    /// <summary><c>PROXY TCP4 source destination source-port destination-port</c>, or <c>PROXY UNKNOWN</c> and anything.</summary>
    private static ScanStatus TryReadText(ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        header = default;
        var end = bytes[..Math.Min(bytes.Length, TextMax)].IndexOf("\r\n"u8);
        if (end < 0)
        {
            return bytes.Length < TextMax ? ScanStatus.NeedMore : ScanStatus.Malformed;
        }

        var words = Encoding.ASCII.GetString(bytes[..end]).Split(' ');
        var length = end + 2;
        if (words[1] == "UNKNOWN")
        {
            header = new ProxyHeader(length, null);
            return ScanStatus.Taken;
        }

        if (words.Length != 6 || words[1] is not ("TCP4" or "TCP6") || AddressOf(words[2], words[1]) is not { } source
            || AddressOf(words[3], words[1]) is null || PortOf(words[4]) is not { } port || PortOf(words[5]) is null)
        {
            return ScanStatus.Malformed;
        }

        header = new ProxyHeader(length, new IPEndPoint(source, port));
        return ScanStatus.Taken;
    }

    private static ScanStatus TryReadBinary(ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        header = default;
        var (version, command, family) = (bytes[12] >> 4, bytes[12] & 0xF, bytes[13] >> 4);
        var length = BinaryHead + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        int? addresses = family switch { 0 => 0, 1 => 12, 2 => 36, 3 => 216, _ => null };
        if (version != 2 || command > 1 || length > LengthMax || addresses is null
            || (command == 1 && length - BinaryHead < addresses))
        {
            return ScanStatus.Malformed;
        }

        if (bytes.Length < length)
        {
            return ScanStatus.NeedMore;
        }

        var body = bytes[BinaryHead..length];
        header = new ProxyHeader(length, (command, family) switch
        {
            (1, 1) => new IPEndPoint(new IPAddress(body[..4]), BinaryPrimitives.ReadUInt16BigEndian(body[8..])),
            (1, 2) => new IPEndPoint(new IPAddress(body[..16]), BinaryPrimitives.ReadUInt16BigEndian(body[32..])),
            _ => null,
        });
        return ScanStatus.Taken;
    }

    /// <summary>Null where it is no address of this family.</summary>
    private static IPAddress? AddressOf(string word, string family) =>
        IPAddress.TryParse(word, out var address) && word.Contains(':', StringComparison.Ordinal) == (family == "TCP6")
        && (family == "TCP6" || word.Count(static letter => letter == '.') == 3) && !word.Contains('%', StringComparison.Ordinal)
            ? address
            : null;

    private static int? PortOf(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue ? port : null;
}
