using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Router.Testing.Wire;

/// <summary>A field of a message, as a script writes it and a trace shows it.</summary>
internal abstract record WireTerm
{
    /// <summary>A longer value is shown by its beginning, its length and a hash.</summary>
    private const int ShownMax = 120;

    private WireTerm()
    {
    }

    /// <summary>Text or bytes; a number is its digits. How it was written makes no difference to what it is.</summary>
    public sealed record Bytes(byte[] Value, bool IsBare) : WireTerm
    {
        public string Text => Encoding.UTF8.GetString(Value);

        public override string ToString() => Value.Length > ShownMax ? Shortened(Value) : IsBare ? Text : Quoted(Value);
    }

    /// <summary>Keys and salts: shown as hex whatever they hold.</summary>
    public sealed record Secret(byte[] Value) : WireTerm
    {
        public override string ToString() => Hex(Value);
    }

    /// <summary>SQL's null.</summary>
    public sealed record Null : WireTerm
    {
        public override string ToString() => "NULL";
    }

    /// <summary>Whatever comes.</summary>
    public sealed record Any : WireTerm
    {
        public override string ToString() => "*";
    }

    /// <summary>Takes its value where it is heard first, and stands for it afterwards.</summary>
    public sealed record Variable(string Name) : WireTerm
    {
        public override string ToString() => "$" + Name;
    }

    /// <summary>A counted list, or a tuple, whose end may be left out.</summary>
    public sealed record List(ImmutableArray<WireTerm> Items, bool IsTuple = false) : WireTerm
    {
        public override string ToString() => $"[{string.Join(' ', Items)}]";
    }

    /// <summary>A field with a name of its own: a startup parameter, or a part of an error.</summary>
    public sealed record Named(string Key, WireTerm Value) : WireTerm
    {
        public override string ToString() => $"{Key}={Value}";
    }

    public static Bytes OfText(string text) => new(Encoding.UTF8.GetBytes(text), IsBare: false);

    public static Bytes OfWord(string word) => new(Encoding.UTF8.GetBytes(word), IsBare: true);

    private static string Quoted(byte[] value)
    {
        var text = Encoding.UTF8.GetString(value);
        if (text.Contains('\uFFFD', StringComparison.Ordinal) || text.Any(static c => c < ' ' && c is not ('\n' or '\t')))
        {
            return Hex(value);
        }

        return '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal) + '"';
    }

    private static string Shortened(byte[] value) =>
        $"{Quoted(value[..24])}... ({value.Length} bytes, sha256 {Convert.ToHexStringLower(SHA256.HashData(value))[..8]})";

    private static string Hex(byte[] value) => "x:" + Convert.ToHexStringLower(value);
}
