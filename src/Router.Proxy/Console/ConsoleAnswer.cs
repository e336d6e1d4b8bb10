using Router.Protocol.Messages;

namespace Router.Proxy.Console;

/// <summary>What the console answers to one command.</summary>
/// <param name="Tag">Of CommandComplete.</param>
/// <param name="Table">Null where there are no rows.</param>
/// <param name="Notice">Said before it; null where there is nothing to say.</param>
/// <param name="Error">The answer instead of all else.</param>
internal sealed record ConsoleAnswer(string Tag, ConsoleTable? Table = null, ErrorResponse? Notice = null, ErrorResponse? Error = null)
{
    public static ConsoleAnswer Failed(string code, string message) =>
        new("", Error: new ErrorResponse(ErrorSeverity.Error, code, message));
}
