using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Globalization;
using System.Text;

namespace Router.Proxy.Authentication.Ldap;

/// <summary>
/// A search filter (RFC 4515) that is read once; the user's name is put into values of the read filter, so that nothing in
/// it can be taken for a part of the filter. Pure.
/// </summary>
internal sealed class LdapFilter
{
    /// <summary>Stands for the user's name in a value.</summary>
    public const string UserName = "$username";

    private const int DepthMax = 32;

    private readonly Term _root;

    private LdapFilter(Term root) => _root = root;

    /// <summary>The user's name is what this attribute is.</summary>
    public static LdapFilter OfAttribute(string attribute) =>
        new(new Term(LdapTags.EqualityMatch, attribute, [Encoding.UTF8.GetBytes(UserName)], []));

    /// <exception cref="FormatException">It is no filter, or of a kind that is not known here.</exception>
    public static LdapFilter Parse(string text)
    {
        var at = 0;
        var root = ParseOne(text, ref at, depth: 0);
        return at == text.Length ? new LdapFilter(root) : throw Wrong(text, at, "the end");
    }

    public void Write(AsnWriter writer, string user) => Write(writer, _root, Encoding.UTF8.GetBytes(user));

    private static Term ParseOne(string text, ref int at, int depth)
    {
        Take(text, ref at, '(');
        var kind = at < text.Length ? text[at] : ' ';
        Term term;
        if (kind is '&' or '|' or '!')
        {
            at++;
            var parts = ImmutableArray.CreateBuilder<Term>();
            while (at < text.Length && text[at] == '(' && (kind != '!' || parts.Count == 0))
            {
                parts.Add(depth < DepthMax ? ParseOne(text, ref at, depth + 1) : throw Wrong(text, at, "fewer parentheses"));
            }

            term = new Term(kind switch { '&' => LdapTags.And, '|' => LdapTags.Or, _ => LdapTags.Not }, "", [], parts.ToImmutable());
            if (parts.Count == 0)
            {
                throw Wrong(text, at, "'('");
            }
        }
        else
        {
            term = ParseItem(text, ref at);
        }

        Take(text, ref at, ')');
        return term;
    }

    private static Term ParseItem(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '.' or ';'))
        {
            at++;
        }

        var attribute = text[start..at];
        var kind = at + 1 < text.Length && text[at + 1] == '=' ? text[at] : '=';
        if (attribute.Length == 0 || at >= text.Length || (kind == '=' && text[at] != '=') || kind is not ('=' or '<' or '>' or '~'))
        {
            throw Wrong(text, at, "an attribute and =, <=, >= or ~=");
        }

        at += kind == '=' ? 1 : 2;
        var end = text.IndexOfAny([')', '('], at) is var found and >= 0 ? found : throw Wrong(text, text.Length, "')'");
        ImmutableArray<byte[]> values = [.. text[at..end].Split('*').Select(Unescape)];
        at = end;
        return (kind, values) switch
        {
            ('=', [{ Length: 0 }, { Length: 0 }]) => new Term(LdapTags.Present, attribute, [], []),
            ('=', [_]) => new Term(LdapTags.EqualityMatch, attribute, values, []),
            ('=', _) when values[1..^1].All(static value => value.Length > 0) => new Term(LdapTags.Substrings, attribute, values, []),
            ('>', [_]) => new Term(LdapTags.GreaterOrEqual, attribute, values, []),
            ('<', [_]) => new Term(LdapTags.LessOrEqual, attribute, values, []),
            ('~', [_]) => new Term(LdapTags.ApproxMatch, attribute, values, []),
            _ => throw Wrong(text, at, "a value with fewer *"),
        };
    }

    /// <summary>A backslash stands before two hexadecimal digits.</summary>
    private static byte[] Unescape(string value)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '\\')
            {
                var width = char.IsHighSurrogate(value[i]) && i + 1 < value.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(value.Substring(i, width)));
                i += width - 1;
            }
            else if (i + 2 < value.Length && byte.TryParse(
                value.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                bytes.Add(code);
                i += 2;
            }
            else
            {
                throw new FormatException($"'{value}': write two hexadecimal digits behind a backslash");
            }
        }

        return [.. bytes];
    }

    private static void Write(AsnWriter writer, Term term, byte[] user)
    {
        if (term.Tag == LdapTags.Present)
        {
            writer.WriteOctetString(Encoding.UTF8.GetBytes(term.Attribute), term.Tag);
            return;
        }

        using var _ = writer.PushSequence(term.Tag);
        foreach (var part in term.Parts)
        {
            Write(writer, part, user);
        }

        if (term.Parts.IsEmpty)
        {
            writer.WriteOctetString(Encoding.UTF8.GetBytes(term.Attribute));
            WriteValues(writer, term, user);
        }
    }

    private static void WriteValues(AsnWriter writer, Term term, byte[] user)
    {
        if (term.Tag != LdapTags.Substrings)
        {
            writer.WriteOctetString(WithUser(term.Values[0], user));
            return;
        }

        using var _ = writer.PushSequence();
        for (var i = 0; i < term.Values.Length; i++)
        {
            var tag = i == 0 ? LdapTags.Initial : i == term.Values.Length - 1 ? LdapTags.Final : LdapTags.Middle;
            if (WithUser(term.Values[i], user) is { Length: > 0 } value)
            {
                writer.WriteOctetString(value, tag);
            }
        }
    }

    private static byte[] WithUser(byte[] value, byte[] user)
    {
        var name = Encoding.ASCII.GetBytes(UserName);
        var made = new List<byte>();
        var rest = value.AsSpan();
        while (rest.IndexOf(name) is var at and >= 0)
        {
            made.AddRange(rest[..at]);
            made.AddRange(user);
            rest = rest[(at + name.Length)..];
        }

        made.AddRange(rest);
        return [.. made];
    }

    private static void Take(string text, ref int at, char expected)
    {
        if (at >= text.Length || text[at] != expected)
        {
            throw Wrong(text, at, $"'{expected}'");
        }

        at++;
    }

    private static FormatException Wrong(string text, int at, string expected) =>
        new($"'{text}' is no filter that is known here: expected {expected} at character {at + 1}");

    private sealed record Term(Asn1Tag Tag, string Attribute, ImmutableArray<byte[]> Values, ImmutableArray<Term> Parts);
}
