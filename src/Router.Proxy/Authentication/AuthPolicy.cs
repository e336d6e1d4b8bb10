using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Router.Protocol.Messages;
using Router.Proxy.Authentication.Hba;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Authentication;

/// <summary>What a client has to show, by <c>auth_type</c> or by the HBA file.</summary>
internal static class AuthPolicy
{
    /// <summary>Null: no line of the HBA file fits.</summary>
    public static AuthDemand? DemandOf(PoolOptions pooling, HbaFacts client) => pooling.Authentication == AuthType.Hba
        ? pooling.Hba.Find(pooling.Hba.AsksForOwnNetworks ? client with { OwnNetworks = OwnNetworks() } : client)
        : new AuthDemand(pooling.Authentication) { Ldap = pooling.Ldap };

    public static HbaFacts FactsOf(IConnection client, StartupMessage startup)
    {
        var address = (client.RemoteEndPoint as IPEndPoint)?.Address;
        return new HbaFacts(
            startup.User!,
            startup.Database!,
            client.LocalEndPoint is UnixDomainSocketEndPoint && address is null,
            address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address,
            client.Tls is not null,
            startup.IsReplication && startup.Find("replication") != "database");
    }

    /// <summary>What the system says now, for an address may come and go.</summary>
    private static ImmutableArray<(IPAddress Address, int Prefix)> OwnNetworks() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(static network => network.GetIPProperties().UnicastAddresses)
            .Select(static own => (own.Address, own.PrefixLength)),
    ];
}
