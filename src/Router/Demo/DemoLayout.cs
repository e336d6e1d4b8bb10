namespace Router.Demo;

/// <summary>Names, ports and files of a demo; everything on 127.0.0.1 and below one directory.</summary>
internal sealed record DemoLayout
{
    public const string SuperuserPassword = "demo-superuser";

    private const string ReplicationPassword = "demo-replication";

    public required string Directory { get; init; }

    /// <summary>An own store holds nothing else; in an outside one the scope tells demos apart by their port.</summary>
    public required string Scope { get; init; }

    /// <summary><c>host:port</c> of the store's client address.</summary>
    public required string Store { get; init; }

    /// <summary>An etcd that was there before the demo; null: the demo runs its own.</summary>
    public required Uri? Outside { get; init; }

    public required int PrimaryPort { get; init; }

    public required int ReplicaPort { get; init; }

    public required int HttpPort { get; init; }

    public required IReadOnlyList<DemoMember> Members { get; init; }

    public string PrimaryConnection => Connection(PrimaryPort);

    public string ReplicaConnection => Connection(ReplicaPort);

    private string StoreUrl => $"{Outside?.Scheme ?? "http"}://{Store}";

    public string ProxyFile => Path.Combine(Directory, "router.yml");

    public static DemoLayout Plan(DemoOptions options, string directory)
    {
        var ports = FreePorts.Take(1 + (2 * options.Members));
        var members = Enumerable.Range(0, options.Members)
            .Select(i => new DemoMember(
                $"node-{i + 1}", Path.Combine(directory, $"node-{i + 1}"), ports[1 + (2 * i)], ports[2 + (2 * i)]))
            .ToList();
        var endpoint = options.Port > 0 ? options.Port : FreePorts.TakePair();
        return new DemoLayout
        {
            Directory = directory,
            Scope = options.Dcs is null ? "demo" : $"demo-{endpoint}",
            // etcd's peer port is the one after its client port.
            Store = options.Dcs is { } dcs ? dcs.Authority : $"127.0.0.1:{FreePorts.TakePair()}",
            Outside = options.Dcs,
            PrimaryPort = endpoint,
            ReplicaPort = endpoint + 1,
            HttpPort = ports[0],
            Members = members,
        };
    }

    /// <summary>Writes the configuration files: the same that a person would write.</summary>
    public void WriteFiles()
    {
        foreach (var member in Members)
        {
            System.IO.Directory.CreateDirectory(
                member.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.WriteAllText(member.File, MemberYaml(member));
        }

        File.WriteAllText(ProxyFile, ProxyYaml());
    }

    private string MemberYaml(DemoMember member) => $"""
        scope: {Scope}
        name: {member.Name}
        restapi:
          listen: 127.0.0.1:{member.RestPort}
          connect_address: 127.0.0.1:{member.RestPort}
        etcd3:
          url: {StoreUrl}
        bootstrap:
          dcs:
            ttl: 10
            loop_wait: 2
            retry_timeout: 3
            synchronous_mode: true
            postgresql:
              use_pg_rewind: true
          initdb: [data-checksums, no-sync]
        postgresql:
          listen: 127.0.0.1:{member.PostgresPort}
          connect_address: 127.0.0.1:{member.PostgresPort}
          data_dir: {member.DataDirectory}
          pgpass: {Path.Combine(member.Directory, "pgpass")}
          use_pg_rewind: true
          authentication:
            superuser: {"{"}username: postgres, password: {SuperuserPassword}{"}"}
            replication: {"{"}username: replicator, password: {ReplicationPassword}{"}"}
          parameters:
            unix_socket_directories: {member.Directory}
            max_connections: 100
            shared_buffers: 32MB

        """;

    private string ProxyYaml() => $"""
        scope: {Scope}
        etcd3:
          url: {StoreUrl}
        listen:
          primary: 127.0.0.1:{PrimaryPort}
          replica: 127.0.0.1:{ReplicaPort}
        http:
          listen: 127.0.0.1:{HttpPort}
        probe: {"{"}username: postgres, password: {SuperuserPassword}{"}"}

        """;

    private static string Connection(int port) =>
        $"postgres://postgres:{SuperuserPassword}@127.0.0.1:{port}/postgres";
}
