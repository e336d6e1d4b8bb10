namespace Router.Proxy.Tests.Wire;

/// <summary>The way from a script's clients to PostgreSQL.</summary>
public enum WireRoute
{
    /// <summary>No proxy: what PostgreSQL says itself is the measure of the others.</summary>
    Direct,

    /// <summary>Through the proxy, one backend connection for one client.</summary>
    Session,

    /// <summary>Through the proxy, a backend connection for each transaction.</summary>
    Transaction,
}
