namespace Router.Dcs.Etcd;

/// <summary>Why an endpoint does not serve.</summary>
/// <param name="Reason">One sentence.</param>
/// <param name="MayPass">Waiting may help; otherwise the configuration of one side has to change.</param>
/// <param name="Setting">The key of the section <c>etcd3</c> to look at; null where it is not one of them.</param>
public sealed record EtcdFault(string Reason, bool MayPass, string? Setting = null);
