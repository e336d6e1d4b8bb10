namespace Router.Protocol.Authentication;

/// <summary>Reads the attributes of a SCRAM message, <c>a=value,b=value</c>, in order.</summary>
internal ref struct ScramReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>Where the next attribute begins.</summary>
    public int Position { get; private set; }

    public readonly bool IsAtEnd => Position >= _message.Length;

    public readonly byte Next => IsAtEnd ? (byte)0 : _message[Position];

    /// <summary>Takes the next attribute, which must be this one.</summary>
    public bool TryRead(byte name, out ReadOnlySpan<byte> value) =>
        TryReadAny(out var found, out value) && found == name;

    /// <summary>Takes the next attribute and the comma behind it.</summary>
    public bool TryReadAny(out byte name, out ReadOnlySpan<byte> value)
    {
        name = Next;
        value = default;
        var rest = _message[Math.Min(Position, _message.Length)..];
        if (rest.Length < 2 || !char.IsAsciiLetter((char)name) || rest[1] != '=')
        {
            return false;
        }

        var end = rest.IndexOf((byte)',');
        value = end < 0 ? rest[2..] : rest[2..end];
        Position += end < 0 ? rest.Length : end + 1;
        return true;
    }

    /// <summary>RFC 5802's printable: ASCII from ! to ~ without the comma, which ends a value anyway.</summary>
    public static bool IsPrintable(ReadOnlySpan<byte> value) => !value.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    /// <summary>PostgreSQL reads messages as terminated text, so that a zero within is a lie about the length.</summary>
    public static bool IsPossible(ReadOnlySpan<byte> message) =>
        message.Length is > 0 and <= ScramMechanism.MessageMax && !message.Contains((byte)0);
}
