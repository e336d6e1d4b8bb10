using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Router.Hosting;

/// <summary>One event as a line of text. Control characters are escaped, so that no message can forge a second line.</summary>
internal static class LogLine
{
    public static string Plain(DateTimeOffset at, LogLevel level, string category, string message, Exception? exception)
    {
        var line = new StringBuilder();
        line.Append(at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z' ", CultureInfo.InvariantCulture));
        line.Append(Name(level).PadRight(7)).Append(' ').Append(ShortName(category)).Append(": ");
        AppendEscaped(line, message);
        if (exception is not null)
        {
            AppendEscaped(line, level >= LogLevel.Error ? $": {exception}" : $": {exception.Message}");
        }

        return line.ToString();
    }

    /// <summary>As PgBouncer writes it; the zone is always UTC.</summary>
    public static string PgBouncer(DateTimeOffset at, LogLevel level, string message, Exception? exception)
    {
        var line = new StringBuilder();
        line.Append(at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC' ", CultureInfo.InvariantCulture));
        line.Append(CultureInfo.InvariantCulture, $"[{Environment.ProcessId}] ").Append(BouncerName(level)).Append(' ');
        AppendEscaped(line, message);
        if (exception is not null)
        {
            AppendEscaped(line, level >= LogLevel.Error ? $": {exception}" : $": {exception.Message}");
        }

        return line.ToString();
    }

    public static string Json(
        DateTimeOffset at,
        LogLevel level,
        string category,
        EventId id,
        string message,
        IReadOnlyList<KeyValuePair<string, object?>>? fields,
        Exception? exception)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("time", at.UtcDateTime);
        json.WriteString("level", Name(level));
        json.WriteString("category", category);
        json.WriteNumber("event", id.Id);
        json.WriteString("message", message);
        foreach (var (name, value) in fields ?? [])
        {
            if (name != "{OriginalFormat}")
            {
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
            }
        }

        if (exception is not null)
        {
            json.WriteString("exception", exception.ToString());
        }

        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Patroni's names of levels.</summary>
    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARNING",
        LogLevel.Error => "ERROR",
        _ => "CRITICAL",
    };

    private static string BouncerName(LogLevel level) => level switch
    {
        LogLevel.Trace => "NOISE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "LOG",
        LogLevel.Warning => "WARNING",
        LogLevel.Error => "ERROR",
        _ => "FATAL",
    };

    private static string ShortName(string category) => category[(category.LastIndexOf('.') + 1)..];

    private static void AppendEscaped(StringBuilder line, string text)
    {
        foreach (var letter in text)
        {
            if (letter == '\n')
            {
                line.Append(@"\n");
            }
            else if (char.IsControl(letter))
            {
                line.Append(CultureInfo.InvariantCulture, $@"\x{(int)letter:x2}");
            }
            else
            {
                line.Append(letter);
            }
        }
    }
}
