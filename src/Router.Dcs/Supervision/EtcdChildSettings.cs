namespace Router.Dcs.Supervision;

/// <summary>One etcd member that this process runs.</summary>
public sealed record EtcdChildSettings
{
    /// <summary>Created where it is missing; holds <c>member/</c> and <c>etcd.log</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where clients find it, <c>http://host:port</c>.</summary>
    public required Uri ClientUrl { get; init; }

    /// <summary>Where other members would find it; a single node listens there too.</summary>
    public required Uri PeerUrl { get; init; }

    public string Name { get; init; } = "router";

    /// <summary>The program: a name to be looked for in PATH, or a path.</summary>
    public string Program { get; init; } = "etcd";

    public TimeSpan StartBound { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>SIGTERM first; SIGKILL after this long.</summary>
    public TimeSpan StopBound { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between the child's end and its next start; doubles with each short life.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    public TimeSpan RestartDelayMax { get; init; } = TimeSpan.FromSeconds(30);

    public string LogFile => Path.Combine(DataDirectory, "etcd.log");
}
