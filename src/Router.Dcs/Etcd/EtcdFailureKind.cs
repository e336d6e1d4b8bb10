namespace Router.Dcs.Etcd;

/// <summary>What a failed call says about its effect.</summary>
internal enum EtcdFailureKind
{
    /// <summary>No byte of the call went out: any endpoint may be tried.</summary>
    NotSent,

    /// <summary>It may have taken effect.</summary>
    MaybeSent,

    /// <summary>Refused for want of a valid token; without effect.</summary>
    Unauthenticated,

    /// <summary>The lease does not exist (any more); without effect.</summary>
    LeaseNotFound,

    /// <summary>etcd does not want this call, and asking another endpoint is of no use; without effect.</summary>
    Refused,
}
