namespace Router.Dcs.Etcd;

/// <summary>An answer or a failure, never both.</summary>
internal sealed record EtcdReply<T>(T? Answer, EtcdFailure? Failure)
    where T : class;
