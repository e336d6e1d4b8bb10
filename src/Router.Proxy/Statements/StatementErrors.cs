using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Proxy.Statements;

/// <summary>The errors about prepared statements that a client hears from us and not from the server; ready to be sent.</summary>
internal static class StatementErrors
{
    public static byte[] TooMany { get; } = Build(new ErrorResponse(
        ErrorSeverity.Error, SqlState.ProgramLimitExceeded,
        $"this client has {ClientStatements.NamesMax} prepared statements, which is the most that one may have")
    {
        Hint = "Close statements that are not needed any more.",
    });

    /// <summary>An error with the client's name for a statement in the place of ours; empty where it does not name it.</summary>
    /// <param name="body">Of the server's error.</param>
    public static byte[] Renamed(ReadOnlySpan<byte> body, ReadOnlySpan<byte> ours, ReadOnlySpan<byte> clients)
    {
        var at = body.IndexOf(ours);
        if (at < 0 || clients.IsEmpty)
        {
            return [];
        }

        var writer = new FrameWriter();
        writer.Begin(MessageType.ErrorResponse)
            .Bytes(body[..at]).Bytes(clients).Bytes(body[(at + ours.Length)..]).End();
        return writer.Written.ToArray();
    }

    private static byte[] Build(ErrorResponse error)
    {
        var writer = new FrameWriter();
        error.Write(writer);
        return writer.Written.ToArray();
    }
}
