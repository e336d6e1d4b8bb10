using Router.Testing;
using Router.Testing.Postgres;

namespace Router.Integration.Tests.Bouncer;

/// <summary>A PostgreSQL for poolers, with the users that their lists know.</summary>
public sealed class BouncerServer : IAsyncLifetime
{
    public const string Users = """
        "admin" "admin"
        "stats" "stats"
        "app" "app"
        "scram" "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$bFyQpRZx8l3Cl8T0Z8cKUYiCSm9EzJKYfKj+N8UbNM0=:1bX4wF9Mja0zkDVAqHVgVyGdZ1eHhNVPP4cPVVFvE4g="

        """;

    public ScratchPostgres Postgres { get; private set; } = null!;

    public int Port { get; private set; }

    /// <summary>Lines of [databases] for it.</summary>
    public string Databases => $"""
        db1 = host=127.0.0.1 port={Port} dbname=postgres
        db2 = host=127.0.0.1 port={Port} dbname=postgres user=forced pool_size=3 pool_mode=transaction
        settings = host=127.0.0.1 port={Port} dbname=postgres user=postgres timezone=Asia/Tokyo connect_query='SET work_mem = ''7MB'''
        elsewhere = host=127.0.0.1 port={Port} dbname=nowhere user=postgres
        """;

    public async Task InitializeAsync()
    {
        Port = FreePort.Take(1)[0];
        Postgres = await ScratchPostgres.StartNewAsync(
            "bouncer", "listen_addresses=127.0.0.1", $"port={Port}", "max_connections=60", "wal_level=logical", "lc_messages=C", "timezone=UTC");
        foreach (var role in new[]
        {
            "admin LOGIN", "stats LOGIN", "app LOGIN", "forced LOGIN", "nopassword LOGIN", "looker LOGIN SUPERUSER",
            "secret LOGIN PASSWORD 'secret'",
        })
        {
            _ = await Postgres.ScalarAsync($"CREATE ROLE {role}");
        }

        _ = await Postgres.ScalarAsync($"""
            COPY (VALUES ('local all all trust'), ('host all secret all scram-sha-256'), ('host all all all trust'), ('host replication all all trust'))
                TO '{await Postgres.ScalarAsync("SHOW hba_file")}'
            """);
        _ = await Postgres.ScalarAsync("SELECT pg_reload_conf()");
    }

    public async Task DisposeAsync() => await Postgres.DisposeAsync();

    internal Task<PoolerProcess> StartRouterAsync(
        string settings = "", string? databases = null, (string Directory, int Port)? place = null) =>
        PoolerProcess.StartAsync([.. RouterCommand.Router, "pgbouncer"], databases ?? Databases, Users, settings, place);

    internal Task<PoolerProcess> StartPgBouncerAsync(string settings = "") =>
        PoolerProcess.StartAsync(["/usr/sbin/pgbouncer"], Databases, Users, settings);
}
