using Router.Configuration;

namespace Router.Commands;

/// <summary>The arguments of <c>router ctl</c>.</summary>
internal sealed record CtlOptions
{
    private static readonly string[] Verbs = ["list", "topology", "history", "show-config", "switchover"];
    private static readonly string[] Flags = ["-e", "--extended", "-k", "--insecure", "--force"];
    private static readonly string[] Valued =
        ["-c", "--config-file", "-f", "--format", "--leader", "--primary", "--candidate", "--scheduled"];

    public required string Verb { get; init; }

    public required string ConfigFile { get; init; }

    public string Format { get; init; } = "pretty";

    public bool IsExtended { get; init; }

    public bool IsInsecure { get; init; }

    public string? Leader { get; init; }

    public string? Candidate { get; init; }

    public string? Scheduled { get; init; }

    public bool IsForced { get; init; }

    /// <exception cref="UsageException">The arguments do not fit.</exception>
    public static CtlOptions Parse(IReadOnlyList<string> arguments)
    {
        string? verb = null;
        var options = new CtlOptions
        {
            Verb = "",
            ConfigFile = Environment.GetEnvironmentVariable("PATRONICTL_CONFIG_FILE") ?? "",
        };
        for (var next = 0; next < arguments.Count; next++)
        {
            var argument = arguments[next];
            if (TryFlag(options, argument) is { } flagged)
            {
                options = flagged;
            }
            else if (argument.StartsWith('-'))
            {
                RefuseUnknown(argument);
                var value = next + 1 < arguments.Count
                    ? arguments[++next]
                    : throw new UsageException($"{argument} needs a value");
                options = WithValue(options, argument, value);
            }
            else
            {
                verb = verb is null ? argument : throw new UsageException($"'{argument}' is one word too many");
            }
        }

        return Check(options with { Verb = verb ?? "" });
    }

    private static CtlOptions Check(CtlOptions options)
    {
        if (!Verbs.Contains(options.Verb))
        {
            var found = options.Verb.Length == 0
                ? ""
                : $", not '{options.Verb}'{Spelling.Advice(options.Verb, Verbs)}";
            throw new UsageException($"expected one of {string.Join(", ", Verbs)}{found}");
        }

        if (options.Format is not ("pretty" or "tsv" or "json"))
        {
            throw new UsageException($"'{options.Format}' is no format: pretty, tsv or json");
        }

        return options.ConfigFile.Length > 0
            ? options
            : throw new UsageException("expected -c FILE, or PATRONICTL_CONFIG_FILE");
    }

    private static void RefuseUnknown(string option)
    {
        if (!Valued.Contains(option))
        {
            var advice = Spelling.Advice(option, Valued.Concat(Flags).Where(known => known.StartsWith("--", StringComparison.Ordinal)));
            throw new UsageException($"there is no option {option}{advice}");
        }
    }

    private static CtlOptions? TryFlag(CtlOptions options, string argument) => argument switch
    {
        "-e" or "--extended" => options with { IsExtended = true },
        "-k" or "--insecure" => options with { IsInsecure = true },
        "--force" => options with { IsForced = true },
        _ => null,
    };

    private static CtlOptions WithValue(CtlOptions options, string argument, string value) => argument switch
    {
        "-c" or "--config-file" => options with { ConfigFile = value },
        "-f" or "--format" => options with { Format = value },
        "--leader" or "--primary" => options with { Leader = value },
        "--candidate" => options with { Candidate = value },
        _ => options with { Scheduled = value },
    };
}
