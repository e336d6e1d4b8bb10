using System.Text.RegularExpressions;

namespace Router.Proxy.Authentication.Hba;

/// <summary>One line of an ident map.</summary>
/// <param name="Pattern">Of a name that began with a slash; null: the name is meant as it stands.</param>
/// <param name="User">Null: all of them. What the pattern's first group took stands for \1 in it.</param>
internal sealed record IdentLine(string Identity, Regex? Pattern, string? User)
{
    /// <summary>Stands for the first group.</summary>
    public const string Group = "\\1";

    public bool Allows(string identity, string user)
    {
        if (Pattern is null)
        {
            return Identity == identity && (User is null || User == user);
        }

        return Pattern.Match(identity) is { Success: true } match
            && (User is null || User.Replace(Group, match.Groups[1].Value, StringComparison.Ordinal) == user);
    }
}
