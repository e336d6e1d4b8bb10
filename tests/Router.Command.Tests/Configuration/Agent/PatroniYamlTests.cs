using Router.Agent.Api;
using Router.Cluster;
using Router.Configuration;
using Router.Configuration.Agent;
using Router.Configuration.Yaml;
using Router.Postgres.Options;

namespace Router.Command.Tests.Configuration.Agent;

public sealed class PatroniYamlTests
{
    private const string Newcomer = """
        scope: pg_cluster
        name: db-node-01
        restapi:
          listen: 0.0.0.0:8008
          connect_address: 10.0.0.21:8008
        etcd:
          host: 10.0.0.5:2379
        postgresql:
          listen: 0.0.0.0:5432
          connect_address: 10.0.0.21:5432
          data_dir: /var/lib/postgresql/data
          authentication:
            replication:
              username: replicator
              password: hunter2
            superuser:
              username: postgres
              password: hunter3
          parameters:
            max_connections: 150
            shared_buffers: 512MB
            wal_level: replica
            hot_standby: on

        """;

    private readonly Findings _findings = new();

    [Fact]
    public void Shortest_file_of_a_newcomer_works_as_written()
    {
        var agent = Read(Newcomer);
        Assert.Equal("pg_cluster", agent.Scope);
        Assert.Equal(new MemberName("db-node-01"), agent.Name);
        Assert.Equal("/service", agent.Namespace);
        Assert.Equal(("0.0.0.0", 8008), (agent.RestApi.ListenHost, agent.RestApi.ListenPort));
        Assert.Equal(new MemberAddress("10.0.0.21", 8008), agent.RestApiConnectAddress);
        Assert.Equal([new Uri("http://10.0.0.5:2379")], agent.Etcd.Endpoints.ToArray());
        Assert.True(agent.Etcd.IsWrittenForV2);
        Assert.Equal(ProtectionMode.Automatic, agent.Guard);

        var postgres = agent.Postgres;
        Assert.Equal(["0.0.0.0"], postgres.ListenAddresses);
        Assert.Equal(5432, postgres.Port);
        Assert.Equal("/var/lib/postgresql/data", postgres.DataDirectory);
        Assert.Equal(("replicator", "hunter2"), (postgres.Replication.UserName, postgres.Replication.Password));
        Assert.Equal(("postgres", "hunter3"), (postgres.Superuser.UserName, postgres.Superuser.Password));
        Assert.Contains(new PostgresSetting("hot_standby", "on"), postgres.Parameters);
        Assert.Contains(new PostgresSetting("shared_buffers", "512MB"), postgres.Parameters);
        Assert.All(_findings.All, finding => Assert.Equal(FindingSeverity.Notice, finding.Severity));
    }

    [Fact]
    public void Without_bootstrap_dcs_the_settings_that_only_it_may_set_begin_there()
    {
        Assert.Equal(
            """{"postgresql":{"parameters":{"hot_standby":"on","max_connections":"150","wal_level":"replica"}}}""",
            Read(Newcomer).BootstrapDcsJson);
    }

    [Fact]
    public void With_bootstrap_dcs_it_is_kept_as_written_and_local_copies_of_its_settings_are_named()
    {
        var agent = Read(Newcomer + "bootstrap: {dcs: {ttl: 20, synchronous_mode: on, own_key: {a: '1'}}}\n");
        Assert.Equal("""{"ttl":20,"synchronous_mode":true,"own_key":{"a":"1"}}""", agent.BootstrapDcsJson);
        Assert.Contains(_findings.All, finding => finding.Path == "postgresql.parameters.max_connections");
    }

    [Fact]
    public void Default_hba_asks_everybody_for_a_password_and_trusts_nobody()
    {
        Assert.Equal(
            [
                "local all \"postgres\" scram-sha-256",
                "local all all scram-sha-256",
                "host replication \"replicator\" all scram-sha-256",
                "host all all all scram-sha-256",
            ],
            Read(Newcomer).Postgres.Bootstrap.HbaLines);
    }

    [Fact]
    public void Superuser_without_a_password_logs_in_by_its_own_account()
    {
        var agent = Read(Newcomer.Replace("      password: hunter3\n", "", StringComparison.Ordinal));
        Assert.Equal("local all \"postgres\" peer", agent.Postgres.Bootstrap.HbaLines[0]);
    }

    [Theory]
    [InlineData("bootstrap: {pg_hba: [host all all all md5]}")]
    [InlineData("bootstrap:\n  pg_hba: |\n    host all all all md5\n")]
    public void Hba_lines_of_the_file_are_used_as_written(string bootstrap) =>
        Assert.Equal(["host all all all md5"], Read(Newcomer + bootstrap).Postgres.Bootstrap.HbaLines);

    [Fact]
    public void Hba_lines_of_the_clusters_configuration_need_no_default() =>
        Assert.Empty(Read(Newcomer + "bootstrap: {dcs: {postgresql: {pg_hba: [a]}}}").Postgres.Bootstrap.HbaLines);

    [Fact]
    public void All_errors_are_told_at_once_with_their_places()
    {
        var (agent, _) = PatroniYaml.Read(Parse("""
            scope: a/b
            restapi:
              listen: here
              connect_address: 10.0.0.21:8008
              verify_client: sometimes
            etcd3:
              hosts: [10.0.0.5:2379, "not a host"]
            postgresql:
              listen: 0.0.0.0:5432
              connect_address: 10.0.0.21:5432
              data_dir: /data
              use_pg_rewind: maybe
              pg_ctl_timeout: 10 parsecs
              basebackup: [{pgdata: /x}]
              authentication:
                replication: {username: replicator}
                superuser: {}
            """), _findings);
        Assert.Null(agent);
        Assert.Equal(
            [
                "f.yml:1:1: name: is missing; write this member's name, another one on each member",
                "f.yml:1:8: scope: 'a/b' does not fit; it is one part of a path; write it without a slash",
                "f.yml:5:18: restapi.verify_client: 'sometimes' does not fit; write none, optional, required",
                "f.yml:7:10: etcd3.hosts: 'not a host' does not fit; write host:port, such as 10.0.0.5:2379",
                "f.yml:12:18: postgresql.use_pg_rewind: 'maybe' does not fit; write true or false",
                "f.yml:13:19: postgresql.pg_ctl_timeout: '10 parsecs' does not fit; "
                    + "write a time of at least 1 s, such as 30, 10s or 500ms",
                "f.yml:14:17: postgresql.basebackup: 'pgdata' is set by the agent; remove it",
                "f.yml:17:16: postgresql.authentication.superuser.username: is missing; write the role's name",
            ],
            _findings.All.Where(finding => finding.Severity == FindingSeverity.Error).Select(finding => finding.ToString()));
    }

    [Fact]
    public void Unknown_keys_are_warnings_that_guess_what_was_meant()
    {
        Read(Newcomer.Replace("name: db-node-01", "name: db-node-01\nnamespaces: x\nfrobnicate: 1", StringComparison.Ordinal));
        Assert.Equal(
            [
                "f.yml:3:1: warning: namespaces: unknown key; did you mean 'namespace'?",
                "f.yml:4:1: warning: frobnicate: unknown key; remove it",
            ],
            _findings.All.Where(finding => finding.Severity == FindingSeverity.Warning).Select(finding => finding.ToString()));
    }

    [Fact]
    public void Keys_of_patroni_that_do_nothing_here_are_named_with_the_reason()
    {
        Read(Newcomer + "log: {dir: /var/log/patroni, loggers: {urllib3: WARNING}}\nttl: 20\n");
        Assert.Contains(_findings.All, finding => finding.ToString()
            == "f.yml:24:12: notice: log.dir: is not used; lines go to standard error, where the service manager keeps them");
        Assert.Contains(_findings.All, finding => finding.Path == "ttl" && finding.Severity == FindingSeverity.Notice);
    }

    [Theory]
    [InlineData("consul: {host: localhost}", "consul")]
    [InlineData("kubernetes: {labels: {app: x}}", "kubernetes")]
    public void Other_stores_are_refused(string section, string path)
    {
        Assert.Null(PatroniYaml.Read(Parse(Newcomer + section), _findings).Configuration);
        Assert.Equal(path, Assert.Single(_findings.All, finding => finding.Severity == FindingSeverity.Error).Path);
    }

    [Theory]
    [InlineData("etcd3: {hosts: 'a:1, b:2 ,c'}", "http://a:1/ http://b:2/ http://c:2379/")]
    [InlineData("etcd3: {hosts: [a:1, b], port: 99, protocol: https}", "https://a:1/ https://b:99/")]
    [InlineData("etcd3: {host: '[::1]:2379'}", "http://[::1]:2379/")]
    [InlineData("etcd3: {url: 'https://user:secret@store'}", "https://store:2379/")]
    public void Store_is_named_by_host_hosts_or_url(string section, string endpoints)
    {
        var agent = Read(Newcomer.Replace("etcd:\n  host: 10.0.0.5:2379", section, StringComparison.Ordinal));
        Assert.Equal(endpoints, string.Join(' ', agent.Etcd.Endpoints));
        Assert.False(agent.Etcd.IsWrittenForV2);
    }

    [Fact]
    public void Passwords_are_never_printed()
    {
        var agent = Read(Newcomer + """
            ctl: {authentication: {username: a, password: hunter4}, keyfile_password: hunter5}
            """);
        var printed = $"{agent} {agent.Ctl} {agent.Etcd} {agent.RestApi} {string.Join(' ', _findings.All)}";
        Assert.DoesNotContain("hunter", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_form_of_a_secret_is_told_without_the_secret()
    {
        PatroniYaml.Read(Parse(Newcomer + "etcd3: {url: 'http//admin:hunter2@store'}\nctl: {keyfile_password: [hunter2]}"),
            _findings);
        Assert.True(_findings.HasErrors);
        Assert.DoesNotContain("hunter", string.Join(' ', _findings.All), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{nofailover: yes}", "nofailover=true")]
    [InlineData("{nofailover: false, clonefrom: false}", "")]
    [InlineData("{nofailover: false, failover_priority: 2}", "failover_priority=2 nofailover=false")]
    [InlineData("{datacenter: north, rack: 7, replicatefrom: db2}", "datacenter=\"north\" rack=7 replicatefrom=\"db2\"")]
    public void Tags_are_published_as_patroni_publishes_them(string tags, string published)
    {
        var agent = Read(Newcomer + $"tags: {tags}");
        Assert.Equal(published, string.Join(' ', agent.Tags.Published.Select(tag => $"{tag.Key}={tag.Value}")));
    }

    [Fact]
    public void Contradicting_tags_are_named_and_the_flag_wins()
    {
        var agent = Read(Newcomer + "tags: {nofailover: true, failover_priority: 5}");
        Assert.False(agent.Tags.MayFailover);
        Assert.Contains(_findings.All, finding => finding.Path == "tags.failover_priority");
    }

    [Fact]
    public void Options_of_programs_come_as_flags_pairs_and_mappings()
    {
        var agent = Read(Newcomer.Replace("  parameters:", """
              basebackup:
                - verbose
                - max-rate: 100M
              rewind: [debug]
              parameters:
            """, StringComparison.Ordinal)
            + "bootstrap: {initdb: {encoding: UTF8, data-checksums: true}}");
        Assert.Equal([new ToolOption("verbose"), new ToolOption("max-rate", "100M")], agent.Postgres.BaseBackup);
        Assert.Equal([new ToolOption("debug")], agent.Postgres.RewindOptions);
        Assert.Equal(
            [new ToolOption("encoding", "UTF8"), new ToolOption("data-checksums")], agent.Postgres.Bootstrap.InitDb);
    }

    [Fact]
    public void Several_hosts_share_the_port_of_listen()
    {
        var agent = Read(Newcomer.Replace("listen: 0.0.0.0:5432", "listen: '127.0.0.1,10.0.0.21:5433'", StringComparison.Ordinal));
        Assert.Equal(["127.0.0.1", "10.0.0.21"], agent.Postgres.ListenAddresses);
        Assert.Equal(5433, agent.Postgres.Port);
    }

    [Fact]
    public void Address_that_means_every_machine_is_warned_of()
    {
        Read(Newcomer.Replace("connect_address: 10.0.0.21:5432", "connect_address: localhost:5432", StringComparison.Ordinal));
        Assert.Contains(_findings.All,
            finding => finding.Path == "postgresql.connect_address" && finding.Severity == FindingSeverity.Warning);
    }

    [Theory]
    [InlineData("none", VerifyClient.None)]
    [InlineData("required", VerifyClient.Required)]
    public void Client_certificates_are_as_the_section_says(string text, VerifyClient expected)
    {
        var agent = Read(Newcomer.Replace("  connect_address: 10.0.0.21:8008",
            $"  connect_address: 10.0.0.21:8008\n  certfile: a\n  cafile: b\n  verify_client: {text}", StringComparison.Ordinal));
        Assert.Equal(expected, agent.RestApi.VerifyClient);
        Assert.True(agent.RestApi.IsTls);
    }

    private YamlMapping Parse(string text) => YamlReader.Read("f.yml", text, _findings)!;

    private AgentConfiguration Read(string text)
    {
        var (configuration, _) = PatroniYaml.Read(Parse(text), _findings);
        Assert.True(configuration is not null, string.Join('\n', _findings.All));
        return configuration;
    }
}
