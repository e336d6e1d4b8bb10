namespace Router.Commands;

/// <summary>One word after <c>router</c>. A new command is a file here and a line in <see cref="CommandTable"/>.</summary>
internal interface ICommand
{
    string Name { get; }

    /// <summary>One line for the list of commands.</summary>
    string Summary { get; }

    /// <summary>What <c>--help</c> prints: usage, options, and an example.</summary>
    string Help { get; }

    /// <summary>Runs with the arguments after the command's name; the answer is an <see cref="ExitCode"/>.</summary>
    /// <exception cref="UsageException">The arguments do not fit; the caller prints the sentence and the usage.</exception>
    Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal);
}
