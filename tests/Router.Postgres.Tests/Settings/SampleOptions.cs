using Router.Cluster;
using Router.Postgres.Options;

namespace Router.Postgres.Tests.Settings;

/// <summary>Options of a member that is never started.</summary>
internal static class SampleOptions
{
    public static PostgresOptions Create(params PostgresSetting[] parameters) => new()
    {
        Name = new MemberName("node-1"),
        Scope = "demo",
        DataDirectory = "/data",
        ListenAddresses = ["127.0.0.1", "10.0.0.2"],
        ConnectAddress = new MemberAddress("10.0.0.2", 5432),
        Superuser = new PostgresCredentials("postgres", "super-secret"),
        Replication = new PostgresCredentials("replicator", "rep-secret"),
        PassFile = "/run/pgpass",
        Parameters = parameters.ToEquatableList(),
    };
}
