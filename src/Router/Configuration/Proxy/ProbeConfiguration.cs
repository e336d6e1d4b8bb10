namespace Router.Configuration.Proxy;

/// <summary>The section <c>probe</c>: the account that asks PostgreSQL whether it can be written to.</summary>
/// <param name="UserName">Any role that may log in; it needs no other right.</param>
/// <param name="Password">Null: none is sent.</param>
/// <param name="Database">Where it logs in.</param>
internal sealed record ProbeConfiguration(string UserName, Secret? Password, string Database);
