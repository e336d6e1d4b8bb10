using System.Net;
using System.Net.Sockets;
using Router.Cluster;

namespace Router.Proxy.Listening;

/// <summary>Who may say, by the PROXY protocol, for which client a connection is.</summary>
public sealed record ProxyProtocolOptions
{
    /// <summary>The word for unix sockets among the networks.</summary>
    public const string Unix = "unix";

    /// <summary>Nobody may.</summary>
    public static ProxyProtocolOptions Off { get; } = new();

    /// <summary><c>proxy_protocol</c>.</summary>
    public ProxyProtocolMode Mode { get; init; }

    /// <summary><c>proxy_protocol_networks</c>: balancers of these addresses are believed.</summary>
    public EquatableList<IPNetwork> Networks { get; init; } = [];

    /// <summary><c>unix</c> among them: whoever reaches a unix socket is believed.</summary>
    public bool TrustsUnix { get; init; }

    /// <summary>Reads networks, single addresses and the word for unix sockets; null for anything else.</summary>
    public static ProxyProtocolOptions? Of(ProxyProtocolMode mode, IEnumerable<string> networks)
    {
        var (ranges, trustsUnix) = (new List<IPNetwork>(), false);
        foreach (var word in networks)
        {
            if (word == Unix)
            {
                trustsUnix = true;
            }
            else if (IPNetwork.TryParse(word, out var range))
            {
                ranges.Add(range);
            }
            else if (IPAddress.TryParse(word, out var address))
            {
                ranges.Add(new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32));
            }
            else
            {
                return null;
            }
        }

        return new ProxyProtocolOptions { Mode = mode, Networks = ranges.ToEquatableList(), TrustsUnix = trustsUnix };
    }

    /// <summary>What this peer says of its client is believed.</summary>
    public bool Trusts(EndPoint? peer) => Mode != ProxyProtocolMode.Off && peer switch
    {
        IPEndPoint ip => Networks.Any(range => range.Contains(
            ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address)),
        UnixDomainSocketEndPoint => TrustsUnix,
        _ => false,
    };
}
