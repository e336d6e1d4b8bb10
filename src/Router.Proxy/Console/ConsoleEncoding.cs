using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Proxy.Console;

/// <summary>
/// Writes a table's messages, in text or in binary as the client asked for each column: drivers of the extended protocol
/// ask for binary wherever they can read it.
/// </summary>
internal static class ConsoleEncoding
{
    private const short Binary = 1;

    public static void WriteDescription(FrameWriter writer, ConsoleTable table, IReadOnlyList<short> formats) =>
        new RowDescription(
        [
            .. table.Columns.Select((column, i) => FieldOf(column) with { Format = FormatOf(formats, i) }),
        ]).Write(writer);

    public static void WriteRow(FrameWriter writer, ConsoleTable table, object?[] row, IReadOnlyList<short> formats)
    {
        writer.Begin(Protocol.MessageType.DataRow).Int16((short)row.Length);
        for (var i = 0; i < row.Length; i++)
        {
            if (ConsoleTable.Text(row[i]) is not { } text)
            {
                writer.Int32(-1);
            }
            else if (FormatOf(formats, i) == Binary)
            {
                WriteBinary(writer, table.Columns[i].Type, text);
            }
            else
            {
                writer.Value(text);
            }
        }

        writer.End();
    }

    /// <summary>None: all text; one: for all columns; else one each (PostgreSQL's Bind).</summary>
    private static short FormatOf(IReadOnlyList<short> formats, int column) => formats.Count switch
    {
        0 => 0,
        1 => formats[0],
        _ => column < formats.Count ? formats[column] : (short)0,
    };

    private static FieldDescription FieldOf((string Name, ConsoleType Type) column) => column.Type switch
    {
        ConsoleType.Int4 => FieldDescription.Int4(column.Name),
        ConsoleType.Int8 => FieldDescription.Int8(column.Name),
        ConsoleType.Numeric => FieldDescription.Numeric(column.Name),
        ConsoleType.Bytes => FieldDescription.Bytea(column.Name),
        _ => FieldDescription.Text(column.Name),
    };

    private static void WriteBinary(FrameWriter writer, ConsoleType type, string text)
    {
        var number = type is ConsoleType.Text or ConsoleType.Bytes ? 0 : long.Parse(text, CultureInfo.InvariantCulture);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        switch (type)
        {
            case ConsoleType.Int4:
                writer.Int32(sizeof(int)).Int32(checked((int)number));
                break;
            case ConsoleType.Int8:
                BinaryPrimitives.WriteInt64BigEndian(bytes, number);
                writer.Int32(sizeof(long)).Bytes(bytes);
                break;
            case ConsoleType.Numeric:
                WriteNumeric(writer, number);
                break;
            default:
                var value = Encoding.UTF8.GetBytes(text);
                writer.Int32(value.Length).Bytes(value);
                break;
        }
    }

    /// <summary>A whole number in PostgreSQL's numeric format: digits of base 10,000, the highest first.</summary>
    private static void WriteNumeric(FrameWriter writer, long number)
    {
        const int Base = 10_000;
        var digits = new Stack<short>();
        for (var rest = Math.Abs(number); rest > 0; rest /= Base)
        {
            digits.Push((short)(rest % Base));
        }

        const int HeaderSize = 4 * sizeof(short);
        writer.Int32(HeaderSize + digits.Count * sizeof(short))
            .Int16((short)digits.Count).Int16((short)Math.Max(digits.Count - 1, 0))
            .Int16(number < 0 ? (short)0x4000 : (short)0).Int16(0);
        foreach (var digit in digits)
        {
            writer.Int16(digit);
        }
    }
}
