using Router.Commands;

namespace Router.Command.Tests.Commands;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task Directory_with_somebodys_files_is_refused_and_kept()
    {
        var directory = Directory.CreateTempSubdirectory("router-demo-test-").FullName;
        var file = Path.Combine(directory, "mine");
        await File.WriteAllTextAsync(file, "precious");
        try
        {
            var (exitCode, error) = await RunAsync("--dir", directory);

            Assert.Equal(ExitCode.Usage, exitCode);
            Assert.Contains($"--dir {directory} is there and not empty", error, StringComparison.Ordinal);
            Assert.Equal("precious", await File.ReadAllTextAsync(file));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData("there is no option '--fast'", "--fast")]
    [InlineData("--port needs a value", "--port")]
    [InlineData("'70000' is no port", "--port", "70000")]
    [InlineData("'etcd:2379' is no http or https URL", "--dcs", "etcd:2379")]
    public async Task Wrong_arguments_are_told_in_one_sentence(string sentence, params string[] arguments)
    {
        var (exitCode, error) = await RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.StartsWith($"router demo: {sentence}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_store_that_does_not_answer_is_named_before_anything_starts()
    {
        // Nobody listens on the discard port of loopback.
        var (exitCode, error) = await RunAsync("--dcs", "http://127.0.0.1:9");

        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.StartsWith("router demo: the store at http://127.0.0.1:9/ does not answer", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await new CommandLine(output, error).RunAsync(["demo", .. arguments]);
        return (exitCode, error.ToString());
    }
}
