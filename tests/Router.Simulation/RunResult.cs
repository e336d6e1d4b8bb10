namespace Router.Simulation;

/// <summary>How a run ended.</summary>
/// <param name="Seed">Replays it.</param>
/// <param name="Scenery">The cluster, in words.</param>
/// <param name="Verdict">The first rule that was broken; null where none was.</param>
/// <param name="Acknowledgements">Commits that clients were told of.</param>
/// <param name="Promotions">How often a leader was made.</param>
/// <param name="Transcript">Everything that happened.</param>
public sealed record RunResult(
    int Seed, string Scenery, string? Verdict, int Acknowledgements, int Promotions, string Transcript);
