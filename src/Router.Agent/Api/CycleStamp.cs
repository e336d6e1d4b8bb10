using Router.Cluster;

namespace Router.Agent.Api;

/// <summary>The last finished run of the agent's cycle.</summary>
/// <param name="Number">Counts the runs of this process; 0 before the first has ended.</param>
/// <param name="EndedAt">When it ended; before the first, when the process began.</param>
/// <param name="Duration">From the start of the observation to the end of the report.</param>
public sealed record CycleStamp(long Number, BootTime EndedAt, TimeSpan Duration);
