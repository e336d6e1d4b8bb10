using System.Globalization;
using System.Text;

namespace Router.Cluster;

/// <summary>The physical replication slot of a member (dcs-layout.md 1).</summary>
public static class SlotName
{
    private const int LengthMax = 63;

    public static string Of(MemberName member)
    {
        var slot = new StringBuilder();
        foreach (var letter in member.Value.ToLowerInvariant())
        {
            _ = letter switch
            {
                >= 'a' and <= 'z' or >= '0' and <= '9' or '_' => slot.Append(letter),
                '-' or '.' => slot.Append('_'),
                _ => slot.Append(CultureInfo.InvariantCulture, $"u{(int)letter:D4}"),
            };
        }

        return slot.Length <= LengthMax ? slot.ToString() : slot.ToString(0, LengthMax);
    }
}
