using System.Globalization;
using System.Text;

namespace Router.Proxy.Authentication.Ldap;

/// <summary>A user's name as part of another. Pure.</summary>
internal static class LdapNames
{
    private const string Special = ",+\"\\<>;=";

    /// <summary>
    /// Prefix, user and suffix. Where that is a distinguished name, nothing in the user's can be more than a value of it
    /// (RFC 4514); where it is not, a name that could be part of one is nobody's.
    /// </summary>
    public static string? Of(string prefix, string user, string suffix)
    {
        var isDn = prefix.Contains('=', StringComparison.Ordinal) || suffix.Contains('=', StringComparison.Ordinal);
        return isDn ? prefix + Escape(user) + suffix
            : user.Any(static character => char.IsControl(character) || Special.Contains(character, StringComparison.Ordinal)) ? null
            : prefix + user + suffix;
    }

    private static string Escape(string user)
    {
        var escaped = new StringBuilder();
        for (var i = 0; i < user.Length; i++)
        {
            var character = user[i];
            var isEdge = (i == 0 && character is ' ' or '#') || (i == user.Length - 1 && character == ' ');
            if (character is < ' ' or '\x7f')
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\{(int)character:x2}");
            }
            else
            {
                escaped.Append(isEdge || Special.Contains(character, StringComparison.Ordinal) ? "\\" : "").Append(character);
            }
        }

        return escaped.ToString();
    }
}
