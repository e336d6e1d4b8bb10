using System.Buffers;
using System.Text;

namespace Router.Protocol.Authentication;

/// <summary>
/// Prepares a password for SCRAM as PostgreSQL does, so that it hashes alike however a keyboard composed its letters.
/// What is not UTF-8 or holds a banned code point is hashed as it is, byte for byte.
/// </summary>
public static class SaslPrep
{
    public static byte[] Prepare(ReadOnlySpan<byte> password) =>
        Ascii.IsValid(password) || !TryMap(password, out var mapped) || !IsAllowed(mapped)
            ? password.ToArray()
            : Utf8Of(Nfkc.Normalize(mapped));

    /// <summary>Other spaces become the space, invisible code points vanish; false where the bytes are not UTF-8.</summary>
    private static bool TryMap(ReadOnlySpan<byte> password, out List<int> mapped)
    {
        mapped = new List<int>(password.Length);
        while (!password.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(password, out var rune, out var taken) != OperationStatus.Done)
            {
                return false;
            }

            password = password[taken..];
            if (SaslPrepTable.Instance.Space.Contains(rune.Value))
            {
                mapped.Add(' ');
            }
            else if (!SaslPrepTable.Instance.Nothing.Contains(rune.Value))
            {
                mapped.Add(rune.Value);
            }
        }

        return true;
    }

    /// <summary>
    /// PostgreSQL looks at the code points before normalization, although the RFC says after; nothing may be left of a
    /// password; and what runs from right to left does so from end to end.
    /// </summary>
    private static bool IsAllowed(List<int> mapped)
    {
        var table = SaslPrepTable.Instance;
        if (mapped.Count == 0 || mapped.Exists(table.Banned.Contains))
        {
            return false;
        }

        return !mapped.Exists(table.RightToLeft.Contains)
            || (!mapped.Exists(table.LeftToRight.Contains)
                && table.RightToLeft.Contains(mapped[0]) && table.RightToLeft.Contains(mapped[^1]));
    }

    private static byte[] Utf8Of(List<int> codePoints)
    {
        var bytes = new byte[codePoints.Count * 4];
        var length = 0;
        foreach (var codePoint in codePoints)
        {
            length += new Rune(codePoint).EncodeToUtf8(bytes.AsSpan(length));
        }

        return bytes[..length];
    }
}
