using Router.Commands;

namespace Router.Command.Tests.Commands;

public sealed class CommandLineTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Theory]
    [InlineData("--version")]
    [InlineData("-V")]
    [InlineData("version")]
    public async Task Version_is_one_line(string argument)
    {
        Assert.Equal(ExitCode.Ok, await RunAsync(argument));
        Assert.Matches(@"^router \d+\.\d+\.\d+\S*\n$", _output.ToString());
    }

    [Fact]
    public async Task Help_lists_every_command_with_its_summary()
    {
        Assert.Equal(ExitCode.Ok, await RunAsync("--help"));
        Assert.Contains("  echo          says it again", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_argument_is_a_usage_error_that_shows_the_help()
    {
        Assert.Equal(ExitCode.Usage, await RunAsync());
        Assert.Contains("Usage: router COMMAND", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Unknown_command_is_named_in_the_error()
    {
        Assert.Equal(ExitCode.Usage, await RunAsync("ehco"));
        Assert.Equal("router: there is no command 'ehco' (did you mean 'echo'?); see router --help\n", _error.ToString());
    }

    [Theory]
    [InlineData("echo", "--help")]
    [InlineData("echo", "word", "-h")]
    [InlineData("help", "echo")]
    public async Task Help_of_a_command_does_not_run_it(params string[] arguments)
    {
        Assert.Equal(ExitCode.Ok, await RunAsync(arguments));
        Assert.Equal("Usage: router echo WORD\n", _output.ToString());
    }

    [Fact]
    public async Task Command_gets_the_arguments_after_its_name_and_gives_the_exit_code()
    {
        Assert.Equal(ExitCode.Failed, await RunAsync("echo", "a", "b"));
        Assert.Equal("a b\n", _output.ToString());
    }

    [Fact]
    public async Task Wrong_arguments_are_one_sentence_and_exit_code_2()
    {
        Assert.Equal(ExitCode.Usage, await RunAsync("echo"));
        Assert.Equal("router echo: a word is missing; see router echo --help\n", _error.ToString());
    }

    [Fact]
    public void Every_command_has_a_name_a_summary_and_an_example()
    {
        Assert.Equal(CommandTable.All.Count, CommandTable.All.Select(command => command.Name).Distinct().Count());
        Assert.All(CommandTable.All, command =>
        {
            Assert.Contains($"Usage: router {command.Name}", command.Help, StringComparison.Ordinal);
            Assert.Contains("Example:", command.Help, StringComparison.Ordinal);
            Assert.EndsWith("\n", command.Help, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', command.Summary);
        });
    }

    private Task<int> RunAsync(params string[] arguments) =>
        new CommandLine(_output, _error, [new EchoCommand()]).RunAsync(arguments);

    private sealed class EchoCommand : ICommand
    {
        public string Name => "echo";

        public string Summary => "says it again";

        public string Help => "Usage: router echo WORD\n";

        public async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
        {
            if (arguments is [])
            {
                throw new UsageException("a word is missing");
            }

            await terminal.Out.WriteLineAsync(string.Join(' ', arguments));
            return ExitCode.Failed;
        }
    }
}
