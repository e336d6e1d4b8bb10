namespace Router.Cluster.Guarding;

/// <summary>The outcome of one event.</summary>
public readonly record struct GuardStep(GuardMemory Memory, GuardEffects Effects, GuardAnswer Answer);
