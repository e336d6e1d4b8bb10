namespace Router.Proxy.Routing;

/// <summary>The member that SQL has shown to be out of recovery, on the right system and timeline (S19).</summary>
public sealed record VerifiedPrimary(PrimaryIdentity Identity, RoutedMember Member);
