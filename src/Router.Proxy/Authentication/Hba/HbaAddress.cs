using System.Net;
using System.Net.Sockets;

namespace Router.Proxy.Authentication.Hba;

/// <summary>The clients' addresses that a line means.</summary>
internal abstract record HbaAddress
{
    private HbaAddress()
    {
    }

    public abstract bool Has(HbaFacts client);

    public sealed record Any : HbaAddress
    {
        public override bool Has(HbaFacts client) => true;
    }

    public sealed record Network(IPNetwork Range) : HbaAddress
    {
        public override bool Has(HbaFacts client) => client.Address is { } address && Range.Contains(address);
    }

    /// <summary>An address of this machine.</summary>
    public sealed record SameHost : HbaAddress
    {
        public override bool Has(HbaFacts client) => client.OwnNetworks.Any(own => own.Address.Equals(client.Address));
    }

    /// <summary>An address of a network that this machine is in.</summary>
    public sealed record SameNet : HbaAddress
    {
        public override bool Has(HbaFacts client) =>
            client.Address is { } address && client.OwnNetworks.Any(own => NetworkOf(own.Address, own.Prefix).Contains(address));
    }

    /// <summary>The network that an address is in.</summary>
    public static IPNetwork NetworkOf(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(prefix - (8 * i), 0, 8);
            bytes[i] &= (byte)(0xff00 >> kept);
        }

        return new IPNetwork(new IPAddress(bytes), prefix);
    }

    /// <summary>An address as PostgreSQL takes it: .NET would take half of one, too.</summary>
    public static IPAddress? Parse(string text) =>
        IPAddress.TryParse(text, out var address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6
            ? text.Contains(':', StringComparison.Ordinal) && !text.Contains('%', StringComparison.Ordinal)
            : address.ToString() == text)
            ? address
            : null;

    /// <summary>How many bits a mask leaves; null where they do not stand together.</summary>
    public static int? PrefixOf(IPAddress mask)
    {
        var (prefix, isOver) = (0, false);
        foreach (var octet in mask.GetAddressBytes())
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                var isSet = (octet >> bit & 1) == 1;
                if (isSet && isOver)
                {
                    return null;
                }

                isOver |= !isSet;
                prefix += isSet ? 1 : 0;
            }
        }

        return prefix;
    }
}
