using Router.Protocol.Framing;
using Router.Protocol.Sql;

namespace Router.Proxy.Statements;

/// <summary>Finds in SQL texts what throws prepared statements away. Pure.</summary>
internal static class DeallocateText
{
    /// <summary>A longer name in SQL is cut by PostgreSQL, and is no name that a driver gave.</summary>
    public const int NameMax = 63;

    /// <summary>As much of a Query's text as is there.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> query)
    {
        var text = query[Math.Min(query.Length, FrameHeader.Size)..];
        var end = text.IndexOf((byte)0);
        return end < 0 ? text : text[..end];
    }

    /// <summary>One of the statements throws all of them away.</summary>
    public static bool IsOfAll(ReadOnlySpan<byte> text)
    {
        var statements = new StatementScanner(text);
        while (statements.TryRead(out var head))
        {
            if (head.Kind is StatementKind.DeallocateAll or StatementKind.DiscardAll)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The text is one DEALLOCATE of a name and nothing else.</summary>
    /// <param name="name">Takes the name as PostgreSQL understands it: <see cref="NameMax"/> bytes.</param>
    public static bool TryReadName(ReadOnlySpan<byte> text, Span<byte> name, out int length)
    {
        length = 0;
        if (text.IsEmpty || (text[0] | 0x20) != 'd')
        {
            // The rule. A text that begins with blanks or a comment was written by hand.
            return false;
        }

        var statements = new StatementScanner(text);
        return statements.TryRead(out var head) && head.Kind == StatementKind.Deallocate
            && SqlName.TryFold(head.Name, name, out length) && !statements.TryRead(out _);
    }
}
