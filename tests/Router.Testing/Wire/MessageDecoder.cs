using System.Collections.Immutable;
using System.Globalization;
using Router.Protocol;
using Router.Protocol.Framing;

namespace Router.Testing.Wire;

/// <summary>Bytes of the wire as the terms of a script. Pure; a body that fits no layout comes out as bytes.</summary>
internal static class MessageDecoder
{
    /// <param name="sender">Whose message it is.</param>
    /// <param name="type">Its type byte.</param>
    /// <param name="body">Everything behind the length word.</param>
    /// <param name="preferred">Tried first: the state of a login says what a 'p' is, the bytes do not.</param>
    public static DecodedMessage Decode(FrameSide sender, char type, byte[] body, MessageLayout? preferred = null)
    {
        var candidates = MessageLayouts.All.Where(layout => layout.Framing == MessageFraming.Typed && layout.Type == type
            && (layout.Side is null || layout.Side == sender));
        foreach (var layout in candidates.OrderByDescending(layout => layout == preferred))
        {
            if (TryRead(layout, body) is { } terms)
            {
                return new DecodedMessage(layout.Name, terms);
            }
        }

        return new DecodedMessage(
            MessageLayouts.Message.Name, [WireTerm.OfWord(type.ToString()), new WireTerm.Bytes(body, IsBare: false)]);
    }

    /// <param name="packet">An untyped message with its length word.</param>
    public static DecodedMessage DecodeUntyped(byte[] packet)
    {
        foreach (var layout in MessageLayouts.All.Where(layout => layout.Framing == MessageFraming.Untyped))
        {
            if (TryRead(layout, packet.AsSpan(sizeof(int))) is { } terms)
            {
                return new DecodedMessage(layout.Name, terms);
            }
        }

        return new DecodedMessage(MessageLayouts.Raw.Name, [new WireTerm.Bytes(packet, IsBare: false)]);
    }

    private static ImmutableArray<WireTerm>? TryRead(MessageLayout layout, ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        if (layout.Code is { } code && (!reader.TryReadInt32(out var actual) || actual != code))
        {
            return null;
        }

        var terms = ImmutableArray.CreateBuilder<WireTerm>();
        return TryRead(ref reader, layout.Fields, terms) && reader.Remaining == 0 ? terms.ToImmutable() : null;
    }

    private static bool TryRead(
        ref BodyReader reader, ImmutableArray<MessageField> fields, ImmutableArray<WireTerm>.Builder terms)
    {
        foreach (var field in fields)
        {
            var isRead = field.Kind switch
            {
                FieldKind.Parameters or FieldKind.ErrorFields => TryReadNamed(ref reader, field.Kind, terms),
                FieldKind.List16 or FieldKind.List32 or FieldKind.Texts => TryReadList(ref reader, field, terms),
                _ => TryReadOne(ref reader, field.Kind, terms),
            };
            if (!isRead)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadOne(ref BodyReader reader, FieldKind kind, ImmutableArray<WireTerm>.Builder terms)
    {
        WireTerm? term = kind switch
        {
            FieldKind.Text => reader.TryReadTerminated(out var text) ? new WireTerm.Bytes(text.ToArray(), false) : null,
            FieldKind.Letter => reader.TryReadByte(out var letter) ? new WireTerm.Bytes([letter], true) : null,
            FieldKind.Int8 => reader.TryReadByte(out var number) ? Number((sbyte)number) : null,
            FieldKind.Int16 => reader.TryReadInt16(out var number) ? Number(number) : null,
            FieldKind.Int32 => reader.TryReadInt32(out var number) ? Number(number) : null,
            FieldKind.Version => reader.TryReadInt32(out var version)
                ? WireTerm.OfWord(new ProtocolVersion(version).ToString())
                : null,
            FieldKind.Value => Value(ref reader),
            _ => null,
        };
        if (kind is FieldKind.Rest or FieldKind.SecretRest && reader.TryReadBytes(reader.Remaining, out var rest))
        {
            term = kind == FieldKind.Rest ? new WireTerm.Bytes(rest.ToArray(), false) : new WireTerm.Secret(rest.ToArray());
        }

        if (term is null)
        {
            return false;
        }

        terms.Add(term);
        return true;
    }

    private static WireTerm? Value(ref BodyReader reader) => reader.TryReadInt32(out var length) switch
    {
        true when length == -1 => new WireTerm.Null(),
        true when reader.TryReadBytes(length, out var value) => new WireTerm.Bytes(value.ToArray(), false),
        _ => null,
    };

    private static bool TryReadList(
        ref BodyReader reader, MessageField field, ImmutableArray<WireTerm>.Builder terms)
    {
        if (field.Kind == FieldKind.Texts)
        {
            return TryReadTexts(ref reader, terms);
        }

        var count = 0;
        if (field.Kind == FieldKind.List16 && reader.TryReadInt16(out var small))
        {
            count = (ushort)small;
        }
        else if (field.Kind == FieldKind.List16 || !reader.TryReadInt32(out count))
        {
            return false;
        }

        var items = ImmutableArray.CreateBuilder<WireTerm>();
        for (var i = 0; i < count; i++)
        {
            var inner = ImmutableArray.CreateBuilder<WireTerm>();
            if (!TryRead(ref reader, field.Inner, inner))
            {
                return false;
            }

            items.Add(field.Inner.Length == 1 ? inner[0] : new WireTerm.List(inner.ToImmutable(), IsTuple: true));
        }

        terms.Add(new WireTerm.List(items.ToImmutable()));
        return true;
    }

    private static bool TryReadTexts(ref BodyReader reader, ImmutableArray<WireTerm>.Builder terms)
    {
        var items = ImmutableArray.CreateBuilder<WireTerm>();
        while (reader.TryReadTerminated(out var text))
        {
            if (text.IsEmpty)
            {
                terms.Add(new WireTerm.List(items.ToImmutable()));
                return true;
            }

            items.Add(new WireTerm.Bytes(text.ToArray(), false));
        }

        return false;
    }

    private static bool TryReadNamed(
        ref BodyReader reader, FieldKind kind, ImmutableArray<WireTerm>.Builder terms)
    {
        while (true)
        {
            string key;
            if (kind == FieldKind.ErrorFields && reader.TryReadByte(out var letter))
            {
                key = letter == 0 ? "" : ((char)letter).ToString();
            }
            else if (kind == FieldKind.ErrorFields || !reader.TryReadText(out key))
            {
                return false;
            }

            if (key.Length == 0)
            {
                return true;
            }

            if (!reader.TryReadTerminated(out var value))
            {
                return false;
            }

            terms.Add(new WireTerm.Named(key, new WireTerm.Bytes(value.ToArray(), false)));
        }
    }

    private static WireTerm.Bytes Number(int number) => WireTerm.OfWord(number.ToString(CultureInfo.InvariantCulture));
}
