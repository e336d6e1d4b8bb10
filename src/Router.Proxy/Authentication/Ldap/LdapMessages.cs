using System.Formats.Asn1;
using System.Text;

namespace Router.Proxy.Authentication.Ldap;

/// <summary>LDAP's messages as bytes, as far as a login needs them. Pure.</summary>
internal static class LdapMessages
{
    public const int LengthMax = 1 << 20;

    private const int Version = 3;
    private const byte Sequence = 0x30;
    private const string StartTlsName = "1.3.6.1.4.1.1466.20037";

    /// <summary>No attribute of what is found (RFC 4511, 4.5.1.8).</summary>
    private const string NoAttributes = "1.1";

    /// <summary>Two tell that a name is not unique.</summary>
    private const int SizeLimit = 2;

    public static byte[] Bind(int id, string name, ReadOnlySpan<byte> password)
    {
        var writer = Begin(id);
        using (writer.PushSequence(LdapTags.BindRequest))
        {
            writer.WriteInteger(Version);
            writer.WriteOctetString(Encoding.UTF8.GetBytes(name));
            writer.WriteOctetString(password, LdapTags.First);
        }

        return End(writer);
    }

    public static byte[] Search(int id, string baseDn, LdapScope scope, LdapFilter filter, string user)
    {
        var writer = Begin(id);
        using (writer.PushSequence(LdapTags.SearchRequest))
        {
            writer.WriteOctetString(Encoding.UTF8.GetBytes(baseDn));
            WriteEnumerated(writer, (byte)scope);
            WriteEnumerated(writer, 0);
            writer.WriteInteger(SizeLimit);
            writer.WriteInteger((int)OutsideQuestions.Deadline.TotalSeconds);
            writer.WriteBoolean(false);
            filter.Write(writer, user);
            using var _ = writer.PushSequence();
            writer.WriteOctetString(Encoding.ASCII.GetBytes(NoAttributes));
        }

        return End(writer);
    }

    public static byte[] StartTls(int id)
    {
        var writer = Begin(id);
        using (writer.PushSequence(LdapTags.ExtendedRequest))
        {
            writer.WriteOctetString(Encoding.ASCII.GetBytes(StartTlsName), LdapTags.First);
        }

        return End(writer);
    }

    /// <summary>The length of the whole message that begins here; null: not enough of it is there yet.</summary>
    /// <exception cref="LdapException">No message begins so, or it is too long.</exception>
    public static int? LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2)
        {
            return null;
        }

        var digits = bytes[1] < 0x80 ? 0 : bytes[1] - 0x80;
        if (bytes[0] != Sequence || bytes[1] == 0x80 || digits > sizeof(int))
        {
            throw new LdapException("the server does not speak LDAP");
        }

        if (bytes.Length < 2 + digits)
        {
            return null;
        }

        long length = digits == 0 ? bytes[1] : 0;
        foreach (var digit in bytes.Slice(2, digits))
        {
            length = (length << 8) | digit;
        }

        return length <= LengthMax
            ? 2 + digits + (int)length
            : throw new LdapException($"the server sent a message of {length} bytes");
    }

    /// <summary>Null for what says nothing about a login, such as a reference to another server.</summary>
    /// <exception cref="LdapException">It cannot be read.</exception>
    public static LdapResponse? Read(byte[] bytes)
    {
        try
        {
            var message = new AsnReader(bytes, AsnEncodingRules.BER).ReadSequence();
            var id = message.TryReadInt32(out var number) ? number : throw new LdapException("a message without an id");
            var tag = message.PeekTag();
            if (tag == LdapTags.SearchResultEntry)
            {
                return new LdapResponse(id, tag, 0, Text(message.ReadSequence(tag)));
            }

            if (tag != LdapTags.BindResponse && tag != LdapTags.SearchResultDone && tag != LdapTags.ExtendedResponse)
            {
                return null;
            }

            var result = message.ReadSequence(tag);
            var code = result.ReadEnumeratedBytes();
            _ = Text(result);
            return new LdapResponse(id, tag, code.Length == 1 ? code.Span[0] : int.MaxValue, Text(result));
        }
        catch (AsnContentException malformed)
        {
            throw new LdapException("the server sent a message that cannot be read", malformed);
        }
    }

    private static string Text(AsnReader reader) => Encoding.UTF8.GetString(reader.ReadOctetString());

    private static AsnWriter Begin(int id)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        _ = writer.PushSequence();
        writer.WriteInteger(id);
        return writer;
    }

    private static byte[] End(AsnWriter writer)
    {
        writer.PopSequence();
        return writer.Encode();
    }

    private static void WriteEnumerated(AsnWriter writer, byte value) => writer.WriteEncodedValue([0x0a, 1, value]);
}
