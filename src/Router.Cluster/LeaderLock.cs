namespace Router.Cluster;

/// <summary>
/// The <c>leader</c> key: who may lead. It stands as long as its lease; that its holder can be written to is another
/// fact (safety.md S19).
/// </summary>
/// <param name="Holder">The member named in the key.</param>
/// <param name="LeaseId">The lease (session) that the key hangs on, as the store names it.</param>
/// <param name="CreateRevision">Differs between two acquisitions, also by the same member.</param>
/// <param name="ModRevision">What a release compares.</param>
public sealed record LeaderLock(MemberName Holder, long LeaseId, Revision CreateRevision, Revision ModRevision);
