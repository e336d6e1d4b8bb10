using Router.Commands;

namespace Router.Command.Tests.Commands;

public sealed class ConvertCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("router-convert-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Printed_file_is_good_once_it_is_filled_in()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync("convert", Repository.ConfigurationFile("pgbouncer.example.ini")));
        Assert.Empty(_error.ToString());
        var path = Write("router.yml", _output.ToString());
        Assert.Equal(ExitCode.Usage, await RunAsync("check-config", path));
        Write("router.yml", File.ReadAllText(path)
            .Replace("scope:", "scope: main", StringComparison.Ordinal)
            .Replace("hosts: []", "hosts: [10.0.0.11]", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Ok, await RunAsync("check-config", path));
    }

    [Fact]
    public async Task Findings_go_to_standard_error_and_a_refused_file_prints_nothing()
    {
        var path = Write("p.ini", "[pgbouncer]\n[databases]\na = pool_size=5x\n[users]\nu = pool=5\n");
        Assert.Equal(ExitCode.Usage, await RunAsync("convert", path));
        Assert.Empty(_output.ToString());
        Assert.Equal(
            $"""
            {path}:3:15: warning: databases.a.pool_size: '5x' is not a whole number; taken as 5, as PgBouncer does
            {path}:5:5: users.u.pool: unknown key; remove it

            """,
            _error.ToString());
    }

    [Theory]
    [InlineData]
    [InlineData("--all")]
    [InlineData("a.ini", "b.ini")]
    public async Task Anything_but_one_file_is_a_usage_error(params string[] arguments) =>
        Assert.Equal(ExitCode.Usage, await RunAsync(["convert", .. arguments]));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private Task<int> RunAsync(params string[] arguments) => new CommandLine(_output, _error).RunAsync(arguments);
}
