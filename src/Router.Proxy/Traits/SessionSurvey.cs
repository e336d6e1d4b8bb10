using System.Text;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Traits;

/// <summary>What a server session has beyond its transaction: asked of PostgreSQL, which alone knows.</summary>
/// <param name="Settings">What it has changed.</param>
/// <param name="Held">What cannot be carried to another connection, as "SET ROLE admin"; null where there is nothing.</param>
/// <param name="Channels">What it listens to.</param>
internal sealed record SessionSurvey(SessionSettings Settings, string? Held, IReadOnlyList<string> Channels)
{
    private const string Setting = "";

    private const string Listen = "LISTEN";

    /// <summary>Operators are qualified too: the session's own search_path is in force.</summary>
    private const string Query = """
        SELECT '', name, setting FROM pg_catalog.pg_settings WHERE source OPERATOR(pg_catalog.=) 'session'
        UNION ALL SELECT '', n, pg_catalog.current_setting(n, true) FROM pg_catalog.unnest($1::pg_catalog.text[]) n
            WHERE pg_catalog.current_setting(n, true) OPERATOR(pg_catalog.<>) ''
        UNION ALL SELECT 'LISTEN', c, '' FROM pg_catalog.pg_listening_channels() c
        UNION ALL SELECT 'PREPARE', name, '' FROM pg_catalog.pg_prepared_statements WHERE from_sql
        UNION ALL SELECT 'cursor WITH HOLD', name, '' FROM pg_catalog.pg_cursors WHERE is_holdable
        UNION ALL SELECT 'temporary', relname::pg_catalog.text, '' FROM pg_catalog.pg_class
            WHERE relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
        UNION ALL SELECT 'advisory lock', objid::pg_catalog.text, '' FROM pg_catalog.pg_locks
            WHERE locktype OPERATOR(pg_catalog.=) 'advisory' AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
        UNION ALL SELECT 'SET ROLE', current_user::pg_catalog.text, ''
            WHERE current_user OPERATOR(pg_catalog.<>) $2::pg_catalog.name
                OR session_user OPERATOR(pg_catalog.<>) $2::pg_catalog.name
        """;

    /// <summary>Asks on a connection that is idle. A string: why the server did not say.</summary>
    /// <param name="customSettings">Names that PostgreSQL does not list by itself.</param>
    /// <param name="user">Who is logged in.</param>
    /// <param name="heard">Told the notifications that come meanwhile: the session is the client's own.</param>
    /// <exception cref="TransportException">The connection failed.</exception>
    /// <exception cref="InvalidDataException">The server's answer makes no sense.</exception>
    public static async Task<(SessionSurvey? Survey, ErrorResponse? Error)> AskAsync(
        PooledBackend backend, IReadOnlyCollection<string> customSettings, string user,
        Action<NotificationResponse> heard, CancellationToken aborted)
    {
        var writer = new FrameWriter();
        writer.Begin(MessageType.Parse).Text("").Text(Query).Int16(0).End();
        writer.Begin(MessageType.Bind).Text("").Text("").Int16(0).Int16(2)
            .Value(ArrayOf(customSettings)).Value(user).Int16(0).End();
        writer.Begin(MessageType.Execute).Text("").Int32(0).End();
        writer.Begin(MessageType.Sync).End();
        backend.Statements.ForgetUnnamed();
        await backend.Connection.Output.WriteAsync(writer.Written, aborted);

        var settings = new List<KeyValuePair<string, string>>();
        var channels = new List<string>();
        string? held = null;
        ErrorResponse? error = null;
        while (await MessageReader.ReadAsync(backend.Connection, FrameSide.Backend, aborted) is { } message)
        {
            switch (message.Type)
            {
                case MessageType.DataRow when ReadRow(message.Body) is [var kind, var name, var value]:
                    if (kind == Setting)
                    {
                        settings.Add(new(name, value));
                    }
                    else if (kind == Listen)
                    {
                        channels.Add(name);
                    }
                    else
                    {
                        held ??= $"{kind} {name}";
                    }

                    break;
                case MessageType.NotificationResponse when NotificationResponse.Parse(message.Body) is { } notification:
                    heard(notification);
                    break;
                case MessageType.ErrorResponse:
                    error = ErrorResponse.Parse(message.Body) ?? throw new InvalidDataException("an unreadable error");
                    break;
                case MessageType.ParameterStatus when ParameterStatus.Parse(message.Body) is { } reported:
                    backend.Parameters = backend.Parameters.With(reported);
                    break;
                case MessageType.ReadyForQuery:
                    return error is null ? (new SessionSurvey(SessionSettings.Of(settings), held, channels), null) : (null, error);
                default:
                    break;
            }
        }

        throw new InvalidDataException("the end of the stream");
    }

    private static List<string> ReadRow(ReadOnlySpan<byte> body)
    {
        var fields = new List<string>();
        var reader = new BodyReader(body);
        reader.TryReadInt16(out var count);
        for (; count > 0 && reader.TryReadInt32(out var length) && reader.TryReadBytes(length, out var value); count--)
        {
            fields.Add(Encoding.UTF8.GetString(value));
        }

        return fields;
    }

    /// <summary>An array in PostgreSQL's words.</summary>
    private static string ArrayOf(IReadOnlyCollection<string> names) => $"{{{string.Join(',', names.Select(Quoted))}}}";

    private static string Quoted(string name)
    {
        var escaped = name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"\"{escaped}\"";
    }
}
