namespace Router.Demo;

/// <summary>One member of the demo.</summary>
internal sealed record DemoMember(string Name, string Directory, int PostgresPort, int RestPort)
{
    public string File => Path.Combine(Directory, "patroni.yml");

    public string DataDirectory => Path.Combine(Directory, "data");

    public string LogFile => Path.Combine(Directory, "agent.log");
}
