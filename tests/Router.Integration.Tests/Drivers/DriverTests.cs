using System.Runtime.CompilerServices;

namespace Router.Integration.Tests.Drivers;

/// <summary>
/// What a driver sees through a transaction pool whose server connections change is what it sees without one. Each script
/// runs both ways at the same time, and prints what it saw.
/// </summary>
[Trait("Category", "Integration")]
public sealed class DriverTests(DriverServer server) : IClassFixture<DriverServer>
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [Theory]
    [InlineData("psycopg2/driver.py")]
    [InlineData("psycopg3/driver.py")]
    [InlineData("asyncpg/driver.py")]
    public Task A_python_driver_sees_the_same(string script) => CompareAsync(NoEnvironment, "/usr/bin/python3", FileOf(script));

    [Theory]
    [InlineData("node/pg.js")]
    [InlineData("node/postgres.js")]
    public async Task A_javascript_driver_sees_the_same(string script) => await CompareAsync(
        new Dictionary<string, string> { ["NODE_PATH"] = await DriverServer.InstallNodeModulesAsync(FileOf("node")) },
        "node",
        FileOf(script));

    [Fact]
    public Task Pgjdbc_sees_the_same() =>
        CompareAsync(NoEnvironment, "java", "-cp", "/usr/share/java/postgresql.jar", FileOf("pgjdbc/Driver.java"));

    [Fact]
    public Task Psql_sees_the_same() =>
        CompareAsync(
            NoEnvironment,
            "bash",
            "-c",
            $"cd /tmp && psql -X --set=VERBOSITY=verbose -f {FileOf("psql/session.sql")} 2>&1"
            + " | grep -v 'keeps its server connection'");

    [Theory]
    [InlineData("")]
    [InlineData("No Reset On Close=true")]
    [InlineData("Max Auto Prepare=3;Auto Prepare Min Usages=2")]
    [InlineData("Max Auto Prepare=10;Auto Prepare Min Usages=1;No Reset On Close=true")]
    public async Task Npgsql_sees_the_same(string settings)
    {
        var runs = await Task.WhenAll(RunAsync(false), RunAsync(true));
        Check(runs[0], runs[1]);
        await server.CheckChurnAsync();

        Task<DriverRun> RunAsync(bool isPooled) => NpgsqlScript.RunAsync(
            $"Host=127.0.0.1;Port={(isPooled ? server.PooledPort : server.DirectPort)};Username=app;"
            + $"Database={(isPooled ? DriverServer.PooledDatabase : DriverServer.DirectDatabase)};Timeout=60;{settings}");
    }

    private async Task CompareAsync(Dictionary<string, string> environment, params string[] command)
    {
        var runs = await Task.WhenAll(
            server.RunAsync(isPooled: false, environment, command), server.RunAsync(isPooled: true, environment, command));
        Check(runs[0], runs[1]);
        await server.CheckChurnAsync();
    }

    private void Check(DriverRun direct, DriverRun pooled)
    {
        Assert.True(direct.ExitCode == 0, direct.Seen + direct.Errors);
        Assert.True(direct.Seen == pooled.Seen, $"direct:\n{direct.Seen}\npooled:\n{pooled.Seen}\n{pooled.Errors}\n{server.Log}");
        Assert.True(pooled.Servers >= 2, $"the client met {pooled.Servers} server processes");
    }

    private static string FileOf(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, name);
}
