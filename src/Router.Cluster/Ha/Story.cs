namespace Router.Cluster.Ha;

/// <summary>A decision that grows clause by clause: what the leader notes and does in one cycle.</summary>
internal sealed class Story(string opening)
{
    private readonly List<string> _clauses = [opening];
    private readonly List<HaAction> _actions = [];
    private BootTime? _again;

    public void Note(string clause) => _clauses.Add(clause);

    public void Do(HaAction action) => _actions.Add(action);

    /// <summary>The next decision is wanted no later than this.</summary>
    public void DecideAgainAt(BootTime at) => _again = _again is { } other && other < at ? other : at;

    public Decision End(bool mayLead) =>
        new Decision(string.Join("; ", _clauses), _actions.ToEquatableList(), mayLead) { DecideAgainAt = _again };
}
