using System.Buffers;

namespace Router.Proxy.Statements;

/// <summary>The words without which no SQL text throws prepared statements away.</summary>
internal static class DeallocatingWords
{
    private static readonly SearchValues<string> Words =
        SearchValues.Create(["DEALLOCATE", "DISCARD"], StringComparison.OrdinalIgnoreCase);

    private const int LookedAtMax = 4096;

    /// <summary>Whether one of them is there, perhaps as something else; looks at the beginning of a long text only.</summary>
    public static bool IsIn(ReadOnlySpan<byte> text)
    {
        var looked = text.Length > LookedAtMax ? text[..LookedAtMax] : text;
        Span<char> characters = stackalloc char[LookedAtMax];
        for (var index = 0; index < looked.Length; index++)
        {
            characters[index] = (char)looked[index];
        }

        return characters[..looked.Length].ContainsAny(Words);
    }
}
