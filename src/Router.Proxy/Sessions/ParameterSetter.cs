using System.Globalization;
using System.Text;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Pooling;
using Router.Proxy.Traits;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// Sets parameters of a server connection that is idle, by set_config with bound values: no value is ever part of an SQL
/// text, where its meaning would depend on encoding and quoting.
/// </summary>
internal static class ParameterSetter
{
    /// <summary>Null where all are set; else the server's error, and then none is.</summary>
    /// <exception cref="TransportException">The connection failed.</exception>
    /// <exception cref="InvalidDataException">The server's answer makes no sense.</exception>
    public static async Task<ErrorResponse?> SetAsync(
        PooledBackend backend, IReadOnlyList<SettingChange> changes, CancellationToken aborted)
    {
        var writer = new FrameWriter();
        Write(writer, changes);
        backend.Statements.ForgetUnnamed();
        await backend.Connection.Output.WriteAsync(writer.Written, aborted);
        ErrorResponse? error = null;
        while (await MessageReader.ReadAsync(backend.Connection, FrameSide.Backend, aborted) is { } message)
        {
            switch (message.Type)
            {
                case MessageType.ErrorResponse:
                    error = ErrorResponse.Parse(message.Body) ?? throw new InvalidDataException("an unreadable error");
                    break;
                case MessageType.ParameterStatus when ParameterStatus.Parse(message.Body) is { } reported:
                    backend.Parameters = backend.Parameters.With(reported);
                    break;
                case MessageType.ReadyForQuery:
                    return error;
                default:
                    break;
            }
        }

        throw new InvalidDataException("the end of the stream");
    }

    private static void Write(FrameWriter writer, IReadOnlyList<SettingChange> changes)
    {
        var sql = new StringBuilder("SELECT ");
        for (var i = 0; i < changes.Count; i++)
        {
            sql.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? "," : "")}pg_catalog.set_config(${2 * i + 1},${2 * i + 2},false)");
        }

        writer.Begin(MessageType.Parse).Text("").Text(sql.ToString()).Int16(0).End();
        writer.Begin(MessageType.Bind).Text("").Text("").Int16(0).Int16((short)(2 * changes.Count));
        foreach (var change in changes)
        {
            writer.Value(change.Name);
            _ = change.Value is null ? writer.Null() : writer.Value(change.Value);
        }

        writer.Int16(0).End();
        writer.Begin(MessageType.Execute).Text("").Int32(0).End();
        writer.Begin(MessageType.Sync).End();
    }
}
