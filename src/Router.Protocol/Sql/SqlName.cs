namespace Router.Protocol.Sql;

/// <summary>A name as PostgreSQL understands it: without quotes, in lower case where it had none.</summary>
public static class SqlName
{
    /// <summary>Writes the one spelling of a name, whose parts may be joined by dots.</summary>
    /// <returns>False where the destination is too short, and for <c>U&amp;"..."</c> and comments inside the name.</returns>
    public static bool TryFold(ReadOnlySpan<byte> name, Span<byte> destination, out int written)
    {
        written = 0;
        var isQuoted = false;
        for (var i = 0; i < name.Length; i++)
        {
            var next = name[i];
            if (next == '"')
            {
                var isDoubled = isQuoted && i + 1 < name.Length && name[i + 1] == '"';
                isQuoted = isDoubled || !isQuoted;
                if (!isDoubled)
                {
                    continue;
                }

                i++;
            }
            else if (!isQuoted)
            {
                if (SqlLexer.IsSpace(next))
                {
                    continue;
                }

                if (next is (byte)'&' or (byte)'-' or (byte)'/')
                {
                    return false;
                }

                next = next is >= (byte)'A' and <= (byte)'Z' ? (byte)(next | 0x20) : next;
            }

            if (written == destination.Length)
            {
                return false;
            }

            destination[written++] = next;
        }

        return true;
    }
}
