using Router.Cluster;

namespace Router.Dcs;

/// <summary>All conditions hold and all mutations happen, or nothing happens.</summary>
public sealed record DcsTransaction(EquatableList<DcsCondition> Conditions, EquatableList<DcsMutation> Mutations);
