namespace Router.Proxy.Authentication.Hba;

/// <summary>One line of an HBA file: whom it means, and what is demanded of him.</summary>
/// <param name="Address">Not asked where the connection is local.</param>
internal sealed record HbaRule(
    HbaConnection Connection, HbaNames Databases, HbaNames Users, HbaAddress Address, AuthDemand Demand)
{
    public bool Fits(HbaFacts client) =>
        Connection switch
        {
            HbaConnection.Local => client.IsLocal,
            HbaConnection.Host => client is { IsLocal: false, Address: not null },
            HbaConnection.HostSsl => client is { IsLocal: false, Address: not null, IsTls: true },
            HbaConnection.HostNoSsl => client is { IsLocal: false, Address: not null, IsTls: false },
            _ => false,
        }
        && (Connection == HbaConnection.Local || Address.Has(client))
        && Databases.HasDatabase(client) && Users.HasUser(client.User);
}
