using Router.Transport;

namespace Router.Proxy.Tls;

/// <summary>Options and contexts of both legs as they are in force together. Replaced whole.</summary>
/// <param name="ClientContext">Null: clients are served in clear.</param>
/// <param name="ServerContext">Null: servers are not asked for TLS.</param>
/// <param name="Stamp">Of the files, before they were read.</param>
internal sealed record TlsLegs(
    TlsOptions Client, TlsContext? ClientContext, TlsOptions Server, TlsContext? ServerContext, TlsStamp Stamp)
{
    /// <exception cref="TlsException">The options cannot be used; the message names the key.</exception>
    public static TlsLegs Make(TlsOptions client, TlsOptions server)
    {
        var stamp = TlsStamp.Of(client, server);
        return new TlsLegs(
            client,
            Named(isClientLeg: true, () => TlsContexts.ForClients(client)),
            server,
            Named(isClientLeg: false, () => TlsContexts.ForServers(server)),
            stamp);
    }

    private static TlsContext? Named(bool isClientLeg, Func<TlsContext?> make)
    {
        try
        {
            return make();
        }
        catch (TlsException refused)
        {
            throw new TlsException(refused.Part, $"{TlsContexts.KeyOf(refused.Part, isClientLeg)}: {refused.Message}");
        }
    }
}
