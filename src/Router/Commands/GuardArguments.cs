namespace Router.Commands;

/// <summary>The command line of <c>router guard</c>.</summary>
internal sealed record GuardArguments(string DataDirectory, string? SocketDirectory, bool IsStopPost)
{
    /// <exception cref="UsageException">It does not fit.</exception>
    public static GuardArguments Parse(IReadOnlyList<string> arguments)
    {
        string? dataDirectory = null;
        string? socketDirectory = null;
        var isStopPost = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--data-dir" when i + 1 < arguments.Count:
                    dataDirectory = arguments[++i];
                    break;
                case "--socket-dir" when i + 1 < arguments.Count:
                    socketDirectory = arguments[++i];
                    break;
                case "--stop-post":
                    isStopPost = true;
                    break;
                default:
                    throw new UsageException($"'{arguments[i]}' is unknown or lacks its value");
            }
        }

        return string.IsNullOrEmpty(dataDirectory)
            ? throw new UsageException("--data-dir is missing")
            : new GuardArguments(dataDirectory, socketDirectory, isStopPost);
    }
}
