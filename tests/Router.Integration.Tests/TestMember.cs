namespace Router.Integration.Tests;

/// <summary>One member of a <see cref="TestCluster"/>.</summary>
internal sealed record TestMember(string Name, string Directory, int PostgresPort, int RestPort)
{
    public string File => Path.Combine(Directory, "patroni.yml");

    public string DataDirectory => Path.Combine(Directory, "data");

    public string Log => Path.Combine(Directory, "agent.log");

    /// <summary>What began in the data directory and has not ended; null where nothing did.</summary>
    public string? IncompleteKind
    {
        get
        {
            try
            {
                return System.IO.File.ReadLines(Path.Combine(DataDirectory, "router.incomplete")).FirstOrDefault();
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>Data directories that were set aside.</summary>
    public string[] SetAside => System.IO.Directory.GetDirectories(Directory, "data.failed-*");

    /// <summary>Null where no postmaster.pid lies.</summary>
    public int? PostmasterPid =>
        System.IO.File.Exists(Path.Combine(DataDirectory, "postmaster.pid"))
        && int.TryParse(System.IO.File.ReadLines(Path.Combine(DataDirectory, "postmaster.pid")).First(), out var pid)
            ? pid
            : null;
}
