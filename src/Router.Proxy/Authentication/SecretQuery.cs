using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Authentication;

/// <summary>Asks a server connection that is idle for the name and the secret of one user.</summary>
internal static class SecretQuery
{
    /// <exception cref="TransportException">The connection failed.</exception>
    /// <exception cref="InvalidDataException">The server's answer makes no sense.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async Task<Answer> RunAsync(PooledBackend backend, string sql, string user, CancellationToken aborted)
    {
        var writer = new FrameWriter();
        writer.Begin(MessageType.Parse).Text("").Text(sql).Int16(0).End();
        writer.Begin(MessageType.Bind).Text("").Text("").Int16(0).Int16(1).Value(user).Int16(0).End();
        writer.Begin(MessageType.Execute).Text("").Int32(0).End();
        writer.Begin(MessageType.Sync).End();
        await backend.Connection.Output.WriteAsync(writer.Written, aborted);
        var answer = default(Answer);
        while (await MessageReader.ReadAsync(backend.Connection, FrameSide.Backend, aborted) is { } message)
        {
            switch (message.Type)
            {
                case MessageType.ErrorResponse:
                    var error = ErrorResponse.Parse(message.Body);
                    answer = answer with { Problem = $"{error?.Code}: {error?.Message}" };
                    break;
                case MessageType.DataRow when !answer.IsFound:
                    answer = Read(message.Body);
                    break;
                case MessageType.ReadyForQuery:
                    return answer;
                default:
                    break;
            }
        }

        throw new InvalidDataException("the end of the stream");
    }

    private static Answer Read(byte[] body) => DataRow.Parse(body) is { Values: [_, var secret] }
        ? new Answer(IsFound: true, secret, Problem: null)
        : new Answer(IsFound: true, Secret: null, "it gives other than two columns, the name and the secret");

    /// <param name="IsFound">There is such a user.</param>
    /// <param name="Secret">What is stored of the password; null where none is.</param>
    /// <param name="Problem">What is wrong with the query; null: nothing.</param>
    internal readonly record struct Answer(bool IsFound, string? Secret, string? Problem);
}
