namespace Router.Commands;

/// <summary>The command line of PgBouncer.</summary>
internal sealed record PgBouncerArguments
{
    public string File { get; private init; } = "";

    public bool IsDaemon { get; private init; }

    public bool IsQuiet { get; private init; }

    /// <summary>To take over from a running process.</summary>
    public bool IsReboot { get; private init; }

    public bool WantsVersion { get; private init; }

    public bool WantsHelp { get; private init; }

    /// <summary>How often it was asked to say more.</summary>
    public int Verbosity { get; private init; }

    /// <summary>The account to run as; null: the one of the file.</summary>
    public string? User { get; private init; }

    /// <summary>Reads them as getopt does: options may stand together, and behind the file.</summary>
    /// <exception cref="UsageException">They do not fit; says why in getopt's words.</exception>
    public static PgBouncerArguments Parse(IReadOnlyList<string> arguments)
    {
        var (parsed, files) = (new PgBouncerArguments(), new List<string>());
        var isOver = false;
        var left = new Queue<string>(arguments);
        while (!parsed.WantsVersion && !parsed.WantsHelp && left.TryDequeue(out var argument))
        {
            if (isOver || argument.Length < 2 || argument[0] != '-')
            {
                files.Add(argument);
            }
            else if (argument == "--")
            {
                isOver = true;
            }
            else if (argument[1] == '-')
            {
                parsed = parsed.WithLong(argument[2..], Next);
            }
            else
            {
                parsed = parsed.WithShort(argument[1..], Next);
            }
        }

        return (parsed.WantsVersion || parsed.WantsHelp, files) switch
        {
            (true, _) => parsed,
            (_, [var file]) => parsed with { File = file },
            (_, []) => throw new UsageException("no configuration file specified"),
            _ => throw new UsageException("no configuration file specified"),
        };

        string? Next() => left.TryDequeue(out var value) ? value : null;
    }

    private PgBouncerArguments WithShort(string letters, Func<string?> next)
    {
        var parsed = this;
        for (var i = 0; i < letters.Length; i++)
        {
            if (letters[i] == 'u')
            {
                var user = i + 1 < letters.Length ? letters[(i + 1)..] : next();
                return parsed with { User = user ?? throw new UsageException("option requires an argument -- 'u'") };
            }

            parsed = parsed.With(letters[i]) ?? throw new UsageException($"invalid option -- '{letters[i]}'");
        }

        return parsed;
    }

    private PgBouncerArguments WithLong(string option, Func<string?> next)
    {
        if (option.StartsWith("user=", StringComparison.Ordinal))
        {
            return this with { User = option["user=".Length..] };
        }

        return option switch
        {
            "user" => this with { User = next() ?? throw new UsageException("option '--user' requires an argument") },
            "daemon" => With('d')!,
            "quiet" => With('q')!,
            "reboot" => With('R')!,
            "verbose" => With('v')!,
            "version" => With('V')!,
            "help" => With('h')!,
            _ => throw new UsageException($"unrecognized option '--{option}'"),
        };
    }

    private PgBouncerArguments? With(char letter) => letter switch
    {
        'd' => this with { IsDaemon = true },
        'q' => this with { IsQuiet = true },
        'R' => this with { IsReboot = true },
        'v' => this with { Verbosity = Verbosity + 1 },
        'V' => this with { WantsVersion = true },
        'h' => this with { WantsHelp = true },
        _ => null,
    };
}
