namespace Router.Agent.Api;

/// <summary>A restart for later. It is dropped when the postmaster has been started anew in the meantime.</summary>
/// <param name="At">When.</param>
/// <param name="Filter">On what conditions.</param>
/// <param name="PostmasterStartTime">Of the postmaster that was running when it was asked for.</param>
public sealed record RestartSchedule(DateTimeOffset At, RestartFilter Filter, DateTimeOffset? PostmasterStartTime);
