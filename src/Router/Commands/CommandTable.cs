namespace Router.Commands;

/// <summary>Every command, in the order of the help.</summary>
internal static class CommandTable
{
    public static readonly IReadOnlyList<ICommand> All =
    [
        new ProxyCommand(),
        new PgBouncerCommand(TimeProvider.System),
        new AgentCommand(),
        new DemoCommand(),
        new CheckConfigCommand(),
        new ConvertCommand(),
        new DcsCommand(),
        new GuardCommand(),
        new CtlCommand(Console.In),
    ];
}
