using System.Text;
using Router.Protocol.Sql;
using Router.Proxy.Pooling;

namespace Router.Proxy.Traits;

/// <summary>
/// Reads from an SQL text what it may do to its session. Costs nearly every text its first word and a search for a few
/// characters. What a function does behind the scenes cannot be seen. Pure.
/// </summary>
internal static class SqlHints
{
    /// <summary>A longer text is read up to here.</summary>
    public const int TextMax = 8 * 1024;

    public static SqlHint Read(ReadOnlySpan<byte> text)
    {
        text = text.Length > TextMax ? text[..TextMax] : text;
        var (effect, opaque) = (SqlEffect.None, default(string));
        List<string>? custom = null;
        List<string>? unlistened = null;
        var statements = new StatementScanner(text);
        while (statements.TryRead(out var head))
        {
            var own = EffectOf(head);
            effect = own > effect ? own : effect;
            opaque ??= head.Kind == StatementKind.Load ? "LOAD" : null;
            if (head.Kind == StatementKind.Set && head.Name.Contains((byte)'.') && Fold(head.Name) is { } name)
            {
                (custom ??= []).Add(name);
            }

            if (ChannelsLeftBy(head) is { } channel)
            {
                (unlistened ??= []).Add(channel);
            }
        }

        ReadFunctions(text, ref effect, ref opaque, ref custom);
        return effect == SqlEffect.None ? SqlHint.None : new SqlHint(effect, custom ?? [], unlistened ?? [], opaque);
    }

    private static string? ChannelsLeftBy(StatementHead head) => head.Kind switch
    {
        StatementKind.Unlisten => Fold(head.Name),
        StatementKind.UnlistenAll or StatementKind.DiscardAll => SqlHint.AllChannels,
        _ => null,
    };

    private static SqlEffect EffectOf(StatementHead head) => head.Kind switch
    {
        // PostgreSQL reports them, whatever becomes of the transaction.
        StatementKind.Set or StatementKind.Reset when TrackedParameters.Contains(Encoding.UTF8.GetString(head.Name)) => SqlEffect.None,
        StatementKind.Set or StatementKind.SetSessionCharacteristics or StatementKind.Reset or StatementKind.ResetAll
            or StatementKind.DiscardAll or StatementKind.Listen or StatementKind.Prepare
            or StatementKind.DeclareCursorWithHold or StatementKind.CreateTemp or StatementKind.Load => SqlEffect.Changes,
        StatementKind.Unlisten or StatementKind.UnlistenAll or StatementKind.Deallocate or StatementKind.DeallocateAll
            or StatementKind.CloseCursor or StatementKind.CloseAllCursors or StatementKind.DiscardTemp => SqlEffect.GivesUp,
        StatementKind.Other when Begins(head.Text, "do"u8) => SqlEffect.Changes,
        StatementKind.Other when Begins(head.Text, "drop"u8) => SqlEffect.GivesUp,
        StatementKind.Other when HasIntoTemp(head.Text) => SqlEffect.Changes,
        _ => SqlEffect.None,
    };

    /// <summary>set_config, pg_advisory_lock and their like, and pg_temp: each has an underscore.</summary>
    private static void ReadFunctions(
        ReadOnlySpan<byte> text, ref SqlEffect effect, ref string? opaque, ref List<string>? custom)
    {
        for (var at = 0; text[at..].IndexOf((byte)'_') is var step and >= 0;)
        {
            at += step + 1;
            var before = text[..(at - 1)];
            var behind = text[at..];
            if (Ends(before, "set"u8) && Begins(behind, "config"u8) && !IsLocal(behind))
            {
                effect = SqlEffect.Changes;
                if (FirstLiteral(behind["config"u8.Length..]) is not { } name)
                {
                    opaque ??= "set_config of a computed name";
                }
                else if (name.Contains('.', StringComparison.Ordinal))
                {
                    (custom ??= []).Add(name);
                }
            }
            else if (Begins(behind, "advisory_lock"u8) || (Ends(before, "pg"u8) && Begins(behind, "temp"u8)))
            {
                effect = SqlEffect.Changes;
            }
            else if (Begins(behind, "advisory_unlock"u8) && effect == SqlEffect.None)
            {
                effect = SqlEffect.GivesUp;
            }
        }
    }

    /// <summary>The call ends with the word true, which makes it one for the transaction.</summary>
    private static bool IsLocal(ReadOnlySpan<byte> call)
    {
        var end = call.IndexOf((byte)')');
        return end >= 0 && Ends(call[..end].TrimEnd(" \t\r\n"u8), "true"u8);
    }

    private static bool HasIntoTemp(ReadOnlySpan<byte> text)
    {
        // Written in one case, as nearly everybody does.
        return text.IndexOf("INTO TEMP"u8) >= 0 || text.IndexOf("into temp"u8) >= 0;
    }

    /// <summary>The string literal that is the first argument; null where something else is.</summary>
    private static string? FirstLiteral(ReadOnlySpan<byte> arguments)
    {
        var text = arguments.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty || text[0] != '(')
        {
            return null;
        }

        text = text[1..].TrimStart(" \t\r\n"u8);
        if (text.IsEmpty || text[0] != '\'')
        {
            return null;
        }

        var end = text[1..].IndexOf((byte)'\'');
        return end < 0 ? null : Encoding.UTF8.GetString(text.Slice(1, end)).ToLowerInvariant();
    }

    private static bool Begins(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) =>
        text.Length >= word.Length && Ascii.EqualsIgnoreCase(text[..word.Length], word);

    private static bool Ends(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) =>
        text.Length >= word.Length && Ascii.EqualsIgnoreCase(text[^word.Length..], word);

    private static string? Fold(ReadOnlySpan<byte> name)
    {
        Span<byte> folded = stackalloc byte[256];
        return SqlName.TryFold(name, folded, out var length) ? Encoding.UTF8.GetString(folded[..length]) : null;
    }
}
