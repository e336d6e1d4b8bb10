namespace Router.Cluster.Ha;

/// <summary>The outcome of one cycle: a sentence for the operator and the actions, in the order that is safe.</summary>
/// <param name="Sentence">Plain English, present tense, no trailing dot: the log line of the cycle.</param>
/// <param name="Actions">Performed in order; the first failure ends them and the next cycle decides anew.</param>
/// <param name="MayLead">
/// The licence of the renewal task (rule S3): false stops the renewal without a release.
/// </param>
public sealed record Decision(string Sentence, EquatableList<HaAction> Actions, bool MayLead)
{
    /// <summary>
    /// The policy has to choose between members and nobody was asked: the observer asks the peers and the cycle
    /// decides again at once.
    /// </summary>
    public bool NeedsPeers { get; init; }

    /// <summary>What an operator asked for has to wait: it is neither begun nor refused in this cycle.</summary>
    public bool KeepsRequest { get; init; }

    /// <summary>The latest point for the next decision where that is sooner than loop_wait; past: at once.</summary>
    public BootTime? DecideAgainAt { get; init; }

    /// <summary>The same decision with <paramref name="action"/> done first, where there is one.</summary>
    internal Decision After(HaAction? action) =>
        action is null ? this : this with { Actions = EquatableList.Create<HaAction>([action, .. Actions]) };

    public static Decision Because(string sentence, bool mayLead, params ReadOnlySpan<HaAction> actions) =>
        new(sentence, EquatableList.Create(actions), mayLead);
}
