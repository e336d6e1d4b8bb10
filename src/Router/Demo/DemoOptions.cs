namespace Router.Demo;

/// <summary>What <c>router demo</c> was asked for.</summary>
internal sealed record DemoOptions
{
    public int Members { get; init; } = 3;

    /// <summary>An outside store; null: the demo runs its own.</summary>
    public Uri? Dcs { get; init; }

    /// <summary>The endpoint's port for writes; the next one is for reads. 0: any free one.</summary>
    public int Port { get; init; }

    /// <summary>Unattended: writes, kills the primary's node, switches over, reports.</summary>
    public bool IsCheck { get; init; }

    /// <summary>Where everything lives, removed at the end; null: a new directory below the temporary one.</summary>
    public string? Directory { get; init; }

    /// <summary>Time between two writes of the check.</summary>
    public TimeSpan WriteInterval { get; init; } = TimeSpan.FromMilliseconds(20);
}
