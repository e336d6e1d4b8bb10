namespace Router.Dcs.Etcd;

/// <summary>Why an endpoint does not serve.</summary>
/// <param name="Reason">One sentence.</param>
/// <param name="MayPass">Waiting may help; otherwise the configuration of one side has to change.</param>
public sealed record EtcdFault(string Reason, bool MayPass);
