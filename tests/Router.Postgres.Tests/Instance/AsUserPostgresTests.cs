using System.Diagnostics;

namespace Router.Postgres.Tests.Instance;

/// <summary>Under root the tests of the local instance run here, as the account that owns PostgreSQL's data.</summary>
[Trait("Category", "Integration")]
public sealed class AsUserPostgresTests
{
    [Fact]
    public async Task Every_test_of_the_local_instance_passes_as_user_postgres()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }

        var home = Directory.CreateTempSubdirectory("postgres-home-").FullName;
        try
        {
            await RunAsync("chown", "postgres:postgres", home);
            var output = await RunAsync(
                "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--inh-caps=-all",
                "env", $"HOME={home}", $"DOTNET_CLI_HOME={home}", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_NOLOGO=1",
                "dotnet", "vstest", typeof(AsUserPostgresTests).Assembly.Location,
                $"--TestCaseFilter:FullyQualifiedName~{nameof(LocalPostgresTests)}|FullyQualifiedName~{nameof(RewindTests)}",
                $"--ResultsDirectory:{home}");
            Assert.Contains("Passed!", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}\n{output}\n{await error}");
        return output;
    }
}
