using System.Reflection;
using System.Text;
using Router.Configuration;

namespace Router.Commands;

/// <summary>Finds the command that the arguments name, and answers <c>--help</c> and <c>--version</c> itself.</summary>
internal sealed class CommandLine(TextWriter output, TextWriter error, IReadOnlyList<ICommand> commands)
{
    private readonly Terminal _terminal = new(output, error);

    public CommandLine(TextWriter output, TextWriter error)
        : this(output, error, CommandTable.All)
    {
    }

    public static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    /// <summary>Whether the process was started by a file of this name, which may be a link.</summary>
    public static bool IsCalled(string name)
    {
        try
        {
            var first = File.ReadAllText("/proc/self/cmdline").Split('\0')[0];
            return Path.GetFileName(first) == name;
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        switch (arguments)
        {
            case []:
                await error.WriteAsync(Overview());
                return ExitCode.Usage;
            case ["--help" or "-h" or "help"]:
                await output.WriteAsync(Overview());
                return ExitCode.Ok;
            case ["help", var about] when Find(about) is { } command:
                await output.WriteAsync(command.Help);
                return ExitCode.Ok;
            case ["--version" or "-V" or "version"]:
                await output.WriteLineAsync($"router {Version}");
                return ExitCode.Ok;
        }

        if (Find(arguments[0]) is not { } chosen)
        {
            var advice = Spelling.Advice(arguments[0], commands.Select(command => command.Name));
            await error.WriteLineAsync($"router: there is no command '{arguments[0]}'{advice}; see router --help");
            return ExitCode.Usage;
        }

        return await RunAsync(chosen, [.. arguments.Skip(1)]);
    }

    private async Task<int> RunAsync(ICommand command, IReadOnlyList<string> arguments)
    {
        if (command is not PgBouncerCommand && arguments.Any(argument => argument is "--help" or "-h"))
        {
            await output.WriteAsync(command.Help);
            return ExitCode.Ok;
        }

        try
        {
            return await command.RunAsync(arguments, _terminal);
        }
        catch (UsageException wrong)
        {
            await error.WriteLineAsync($"router {command.Name}: {wrong.Message}; see router {command.Name} --help");
            return ExitCode.Usage;
        }
    }

    private ICommand? Find(string name) => commands.FirstOrDefault(command => command.Name == name);

    private string Overview()
    {
        var text = new StringBuilder("""
            router: a PostgreSQL proxy that follows the leader, and the agent that elects it

            Usage: router COMMAND [ARGUMENTS]      router COMMAND --help      router --version


            """);
        foreach (var command in commands)
        {
            text.AppendLine($"  {command.Name,-14}{command.Summary}");
        }

        text.AppendLine().AppendLine("Example: router demo");
        return text.ToString();
    }
}
