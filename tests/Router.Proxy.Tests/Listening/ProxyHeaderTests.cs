using System.Net;
using Router.Protocol;
using Router.Proxy.Listening;

namespace Router.Proxy.Tests.Listening;

public sealed class ProxyHeaderTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    public static TheoryData<byte[], string?> Good { get; } = new()
    {
        { Text("PROXY TCP4 10.1.2.3 10.0.0.1 40000 5432\r\n"), "10.1.2.3:40000" },
        { Text("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"), "255.255.255.255:65535" },
        { Text("PROXY TCP6 2001:db8::1 ::1 1 5432\r\n"), "[2001:db8::1]:1" },
        {
            Text("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
            "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"
        },
        { Text("PROXY UNKNOWN\r\n"), null },
        { Text("PROXY UNKNOWN whatever it wants to say\r\n"), null },
        { Hex(Signature + "21 11 000C 0A010203 0A000001 9C40 1538"), "10.1.2.3:40000" },
        { Hex(Signature + "21 21 0024 20010db8000000000000000000000001 00000000000000000000000000000001 0001 1538"), "[2001:db8::1]:1" },
        { Hex(Signature + "20 00 0000"), null }, // LOCAL: a health check
        { Hex(Signature + "20 11 000C 0A010203 0A000001 9C40 1538"), null }, // LOCAL with addresses that say nothing
        { Hex(Signature + "21 00 0003 010203"), null }, // nobody's address
        { Hex(Signature + "21 31 00D8" + new string('0', 432)), null }, // a unix socket's
        { Hex(Signature + "21 11 0013 0A010203 0A000001 9C40 1538 04 0004 DEADBEEF"), "10.1.2.3:40000" }, // with a TLV behind
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_header_is_read_wherever_it_is_cut_and_what_stands_behind_is_left(byte[] header, string? source)
    {
        for (var length = 0; length < header.Length; length++)
        {
            Assert.Equal(ScanStatus.NeedMore, ProxyHeader.TryRead(header.AsSpan(0, length), out _));
        }

        foreach (var bytes in new[] { header, [.. header, 0, 0, 0, 8, 4, 210, 22, 47] })
        {
            Assert.Equal(ScanStatus.Taken, ProxyHeader.TryRead(bytes, out var read));
            Assert.Equal((header.Length, source), (read.Length, read.Source?.ToString()));
        }
    }

    public static TheoryData<byte[]> Bad { get; } = new()
    {
        Text("PROXX"),
        Text("PROXY TCP4 10.1.2.3 10.0.0.1 40000\r\n"),
        Text("PROXY TCP4 10.1.2.3 10.0.0.1 40000 5432 1\r\n"),
        Text("PROXY TCP4 10.1.2.3 10.0.0.1 40000 65536\r\n"),
        Text("PROXY TCP4 10.1.2.3 10.0.0.1 -1 5432\r\n"),
        Text("PROXY TCP4 10.1.2 10.0.0.1 1 5432\r\n"),
        Text("PROXY TCP4 ::1 ::1 1 5432\r\n"),
        Text("PROXY TCP6 10.1.2.3 10.0.0.1 1 5432\r\n"),
        Text("PROXY TCP6 fe80::1%lo ::1 1 5432\r\n"),
        Text("PROXY UDP4 10.1.2.3 10.0.0.1 1 5432\r\n"),
        Text("PROXY TCP4  10.1.2.3 10.0.0.1 1 5432\r\n"),
        Text("PROXY \r\n"),
        Text("PROXY UNKNOWN " + new string('x', 200)),
        Hex(Signature + "11 11 000C 0A010203 0A000001 9C40 1538"), // another version
        Hex(Signature + "22 11 000C 0A010203 0A000001 9C40 1538"), // another command
        Hex(Signature + "21 41 000C 0A010203 0A000001 9C40 1538"), // another family
        Hex(Signature + "21 11 000B 0A010203 0A000001 9C40 15"), // shorter than its addresses
        Hex(Signature + "21 11 FFFF"), // longer than anybody needs
        Hex("0D0A0D0A000D0A515549540B"),
        Hex("000000080004"),
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Anything_else_is_malformed(byte[] header) =>
        Assert.Equal(ScanStatus.Malformed, ProxyHeader.TryRead(header, out _));

    [Fact]
    public void Nothing_makes_it_throw()
    {
        var random = new Random(20_261_128);
        foreach (var row in Good)
        {
            for (var i = 0; i < 2000; i++)
            {
                var bytes = ((byte[])row[0]).ToArray();
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                _ = ProxyHeader.TryRead(bytes.AsSpan(0, random.Next(bytes.Length + 1)), out _);
            }
        }
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("11.1.2.3", false)]
    [InlineData("192.168.0.1", true)]
    [InlineData("192.168.0.2", false)]
    [InlineData("fd00::1", true)]
    [InlineData("fe00::1", false)]
    public void Balancers_are_believed_by_their_networks(string peer, bool isTrusted)
    {
        var options = ProxyProtocolOptions.Of(ProxyProtocolMode.Require, ["10.0.0.0/8", "192.168.0.1", "fd00::/8"])!;
        Assert.Equal(isTrusted, options.Trusts(new IPEndPoint(IPAddress.Parse(peer), 1)));
        Assert.False((options with { Mode = ProxyProtocolMode.Off }).Trusts(new IPEndPoint(IPAddress.Parse(peer), 1)));
        Assert.Null(ProxyProtocolOptions.Of(ProxyProtocolMode.Require, ["10.0.0.0/33"]));
    }

    private static byte[] Text(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));
}
