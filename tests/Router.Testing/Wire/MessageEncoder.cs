using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Router.Protocol.Framing;

namespace Router.Testing.Wire;

/// <summary>A script's terms as the bytes of a message. Pure; what does not fit is a <see cref="FormatException"/>.</summary>
internal static class MessageEncoder
{
    private const int LengthOfNull = -1;

    public static byte[] Encode(MessageLayout layout, ImmutableArray<WireTerm> terms)
    {
        var writer = new FrameWriter();
        if (layout == MessageLayouts.Message)
        {
            RequireCount(layout, terms, 1);
            writer.Begin(LetterOf(terms[0])).Bytes(terms.Length > 1 ? BytesOf(terms[1]) : []).End();
            return writer.Written.ToArray();
        }

        switch (layout.Framing)
        {
            case MessageFraming.Typed:
                writer.Begin((byte)layout.Type);
                break;
            case MessageFraming.Untyped:
                writer.BeginUntyped();
                break;
            default:
                RequireCount(layout, terms, 1);
                break;
        }

        if (layout.Code is { } code)
        {
            writer.Int32(code);
        }

        Write(writer, layout.Name, layout.Fields, terms);
        if (layout.Framing != MessageFraming.None)
        {
            writer.End();
        }

        return writer.Written.ToArray();
    }

    private static void RequireCount(MessageLayout layout, ImmutableArray<WireTerm> terms, int countMin)
    {
        if (terms.Length < countMin || terms.Length > layout.Fields.Length)
        {
            throw new FormatException($"{layout.Name} needs its bytes, and nothing else");
        }
    }

    private static void Write(
        FrameWriter writer, string name, ImmutableArray<MessageField> fields, ImmutableArray<WireTerm> terms)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].IsOpenEnded)
            {
                WriteNamed(writer, fields[i].Kind, terms[Math.Min(i, terms.Length)..]);
                return;
            }

            Write(writer, name, fields[i], i < terms.Length ? terms[i] : null);
        }

        if (terms.Length > fields.Length)
        {
            throw new FormatException($"{name} has {fields.Length} fields, and {terms[fields.Length]} is one too many");
        }
    }

    private static void Write(FrameWriter writer, string name, MessageField field, WireTerm? term)
    {
        switch (field.Kind)
        {
            case FieldKind.Text:
                writer.Bytes(BytesOf(term, field)).Byte(0);
                break;
            case FieldKind.Letter:
                writer.Byte(LetterOf(term ?? WireTerm.OfText(field.Default)));
                break;
            case FieldKind.Int8:
                writer.Byte(unchecked((byte)NumberOf(term, field, sbyte.MinValue, byte.MaxValue)));
                break;
            case FieldKind.Int16:
                writer.Int16(unchecked((short)NumberOf(term, field, short.MinValue, ushort.MaxValue)));
                break;
            case FieldKind.Int32:
                writer.Int32(unchecked((int)NumberOf(term, field, int.MinValue, uint.MaxValue)));
                break;
            case FieldKind.Version:
                writer.Int32(VersionOf(term, field));
                break;
            case FieldKind.Value when term is null or WireTerm.Null:
                writer.Int32(LengthOfNull);
                break;
            case FieldKind.Value:
                writer.Int32(BytesOf(term).Length).Bytes(BytesOf(term));
                break;
            case FieldKind.Rest or FieldKind.SecretRest:
                writer.Bytes(BytesOf(term, field));
                break;
            default:
                WriteList(writer, name, field, term);
                break;
        }
    }

    private static void WriteList(FrameWriter writer, string name, MessageField field, WireTerm? term)
    {
        var items = term switch
        {
            null => [],
            WireTerm.List list => list.Items,
            _ => throw new FormatException($"{name}: a list in [ ] belongs where {term} stands"),
        };
        if (field.Kind == FieldKind.Texts)
        {
            foreach (var item in items)
            {
                writer.Bytes(BytesOf(item)).Byte(0);
            }

            writer.Byte(0);
            return;
        }

        _ = field.Kind == FieldKind.List16 ? writer.Int16(unchecked((short)items.Length)) : writer.Int32(items.Length);
        foreach (var item in items)
        {
            var inner = field.Inner.Length == 1 ? [item]
                : item is WireTerm.List tuple ? tuple.Items
                : throw new FormatException($"{name}: each entry of the list is a [ ] itself, which {item} is not");
            Write(writer, name, field.Inner, inner);
        }
    }

    private static void WriteNamed(FrameWriter writer, FieldKind kind, ImmutableArray<WireTerm> terms)
    {
        foreach (var term in terms)
        {
            if (term is not WireTerm.Named named)
            {
                throw new FormatException($"only name=value may stand where {term} does");
            }

            if (kind == FieldKind.ErrorFields)
            {
                writer.Byte(LetterOf(WireTerm.OfWord(named.Key)));
            }
            else
            {
                writer.Text(named.Key);
            }

            writer.Bytes(BytesOf(named.Value)).Byte(0);
        }

        writer.Byte(0);
    }

    private static byte[] BytesOf(WireTerm? term, MessageField field) =>
        term is null ? Encoding.UTF8.GetBytes(field.Default) : BytesOf(term);

    private static byte[] BytesOf(WireTerm? term) => term switch
    {
        WireTerm.Bytes bytes => bytes.Value,
        WireTerm.Secret secret => secret.Value,
        _ => throw new FormatException($"{term} cannot be sent where a text belongs"),
    };

    private static byte LetterOf(WireTerm term) =>
        BytesOf(term) is [var letter] ? letter : throw new FormatException($"{term} is not one letter");

    private static long NumberOf(WireTerm? term, MessageField field, long min, long max)
    {
        var text = Encoding.UTF8.GetString(BytesOf(term, field));
        return long.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new FormatException($"{text} is no number that fits its place");
    }

    private static int VersionOf(WireTerm? term, MessageField field)
    {
        var text = Encoding.UTF8.GetString(BytesOf(term, field));
        return text.Split('.') is [var major, var minor]
            && ushort.TryParse(major, CultureInfo.InvariantCulture, out var high)
            && ushort.TryParse(minor, CultureInfo.InvariantCulture, out var low)
                ? (high << 16) | low
                : throw new FormatException($"{text} is no protocol version, which reads 3.2");
    }
}
