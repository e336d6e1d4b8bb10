namespace Router.Agent.Guarding;

/// <summary>What the guard does, as the agent knows it.</summary>
public enum GuardPhase
{
    /// <summary>No guard answers: killed, stopped, mute, not started yet, or switched off.</summary>
    Missing,

    /// <summary>It answers and fences nothing.</summary>
    Disarmed,

    /// <summary>It fences at the deadline unless a later one arrives.</summary>
    Armed,

    /// <summary>It has fenced for this acquisition and ignores every feed of it; only a new acquisition arms it.</summary>
    Fired,
}
