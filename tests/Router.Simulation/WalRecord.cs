namespace Router.Simulation;

/// <summary>One record of WAL. Equal numbers are the same record, and everything before it is the same too.</summary>
internal readonly record struct WalRecord(long Number, int Timeline);
