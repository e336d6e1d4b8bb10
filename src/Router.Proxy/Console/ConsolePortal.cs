using System.Text;
using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Proxy.Console;

/// <summary>A bound command of the console.</summary>
/// <param name="Formats">Of the result columns, as Bind gives them.</param>
internal sealed record ConsolePortal(string Name, string Statement, IReadOnlyList<short> Formats)
{
    public string Sql { get; init; } = "";

    /// <summary>Its answer, where Describe has asked for it already.</summary>
    public ConsoleAnswer? Answer { get; init; }

    /// <summary>Reads the body of a Bind; null where it has values, or makes no sense.</summary>
    public static ConsolePortal? Read(ReadOnlySpan<byte> body)
    {
        if (BindMessage.TryRead(body, body.Length, out var names) != Protocol.ScanStatus.Taken)
        {
            return null;
        }

        var reader = new BodyReader(body[(names.Portal.Length + names.Statement.Length + 2)..]);
        var (name, statement) = (Encoding.UTF8.GetString(names.Portal), Encoding.UTF8.GetString(names.Statement));
        return TryReadFormats(ref reader, out _) && reader.TryReadInt16(out var values) && values == 0
            && TryReadFormats(ref reader, out var formats) && reader.Remaining == 0
            ? new ConsolePortal(name, statement, formats)
            : null;
    }

    private static bool TryReadFormats(ref BodyReader reader, out List<short> formats)
    {
        formats = [];
        if (!reader.TryReadInt16(out var count))
        {
            return false;
        }

        for (var i = 0; i < (ushort)count; i++)
        {
            if (!reader.TryReadInt16(out var format))
            {
                return false;
            }

            formats.Add(format);
        }

        return true;
    }
}
