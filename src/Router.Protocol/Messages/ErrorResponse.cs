using System.Text;
using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>
/// An ErrorResponse or NoticeResponse. No field is taken for granted: servers have sent errors without a code.
/// </summary>
public sealed record ErrorResponse(ErrorSeverity Severity, string Code, string Message)
{
    public string? Detail { get; init; }

    public string? Hint { get; init; }

    /// <summary>
    /// Written without detail, hint and the V field, as by programs that speak the protocol of PostgreSQL before 9.6. What
    /// was read is never so.
    /// </summary>
    public bool IsTerse { get; init; }

    public bool EndsSession => Severity is ErrorSeverity.Fatal or ErrorSeverity.Panic;

    /// <summary>An error after which the session ends.</summary>
    public static ErrorResponse Fatal(string code, string message) => new(ErrorSeverity.Fatal, code, message);

    public static ErrorResponse? Parse(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        var (severity, code, message) = (ErrorSeverity.Unknown, "", "");
        string? detail = null, hint = null;
        while (reader.TryReadByte(out var field))
        {
            if (field == 0)
            {
                return reader.Remaining == 0
                    ? new ErrorResponse(severity, code, message) { Detail = detail, Hint = hint }
                    : null;
            }

            if (!reader.TryReadTerminated(out var value))
            {
                return null;
            }

            switch ((char)field)
            {
                case 'V': severity = SeverityOf(value); break;
                case 'C': code = Encoding.UTF8.GetString(value); break;
                case 'M': message = Encoding.UTF8.GetString(value); break;
                case 'D': detail = Encoding.UTF8.GetString(value); break;
                case 'H': hint = Encoding.UTF8.GetString(value); break;
                default: break;
            }
        }

        return null;
    }

    /// <summary>
    /// Finds the severity in the beginning of a body: <see cref="ScanStatus.NeedMore"/> where it ends before the V
    /// field, which PostgreSQL sends second. Runs for every error that passes, and allocates nothing.
    /// </summary>
    public static ScanStatus TryReadSeverity(ReadOnlySpan<byte> bodyStart, out ErrorSeverity severity)
    {
        severity = ErrorSeverity.Unknown;
        var reader = new BodyReader(bodyStart);
        while (reader.TryReadByte(out var field))
        {
            if (field == 0)
            {
                return ScanStatus.Taken;
            }

            if (!reader.TryReadTerminated(out var value))
            {
                return ScanStatus.NeedMore;
            }

            if (field == (byte)'V')
            {
                severity = SeverityOf(value);
                return ScanStatus.Taken;
            }
        }

        return ScanStatus.NeedMore;
    }

    public void Write(FrameWriter writer) => Write(writer, MessageType.ErrorResponse);

    internal void Write(FrameWriter writer, byte type)
    {
        var severity = Utf8Of(Severity);
        writer.Begin(type).Byte((byte)'S').Bytes(severity).Byte(0);
        if (!IsTerse)
        {
            writer.Byte((byte)'V').Bytes(severity).Byte(0);
        }

        writer.Byte((byte)'C').Text(Code).Byte((byte)'M').Text(Message);
        if (Detail is not null && !IsTerse)
        {
            writer.Byte((byte)'D').Text(Detail);
        }

        if (Hint is not null && !IsTerse)
        {
            writer.Byte((byte)'H').Text(Hint);
        }

        writer.Byte(0).End();
    }

    private static ErrorSeverity SeverityOf(ReadOnlySpan<byte> value)
    {
        for (var severity = ErrorSeverity.Debug; severity <= ErrorSeverity.Panic; severity++)
        {
            if (value.SequenceEqual(Utf8Of(severity)))
            {
                return severity;
            }
        }

        return ErrorSeverity.Unknown;
    }

    private static ReadOnlySpan<byte> Utf8Of(ErrorSeverity severity) => severity switch
    {
        ErrorSeverity.Debug => "DEBUG"u8,
        ErrorSeverity.Log => "LOG"u8,
        ErrorSeverity.Info => "INFO"u8,
        ErrorSeverity.Notice => "NOTICE"u8,
        ErrorSeverity.Warning => "WARNING"u8,
        ErrorSeverity.Fatal => "FATAL"u8,
        ErrorSeverity.Panic => "PANIC"u8,
        _ => "ERROR"u8,
    };
}
