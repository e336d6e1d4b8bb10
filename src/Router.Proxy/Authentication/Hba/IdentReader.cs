using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Router.Proxy.Authentication.Hba;

/// <summary>Reads an ident file: lines of a map's name, the name of an account or certificate, and a user. Pure and total.</summary>
internal static class IdentReader
{
    public static ImmutableDictionary<string, IdentMap> Read(string path, string text, Action<HbaFinding> complain)
    {
        var lines = new Dictionary<string, List<IdentLine>>(StringComparer.Ordinal);
        foreach (var line in HbaScanner.Lines(text).Where(static line => !line.IsEmpty))
        {
            if (line.Problem is null && line.Fields is [[var map], [var identity], [var user]])
            {
                if (Read(identity, user, out var problem) is { } read)
                {
                    (lines.TryGetValue(map.Text, out var known) ? known : lines[map.Text] = []).Add(read);
                    continue;
                }

                complain(new HbaFinding(path, line.Number, problem!));
            }
            else
            {
                complain(new HbaFinding(path, line.Number, line.Problem ?? "expected three words: MAP SYSTEM-USER USER"));
            }
        }

        return lines.ToImmutableDictionary(
            static pair => pair.Key, static pair => new IdentMap(pair.Key, [.. pair.Value]), StringComparer.Ordinal);
    }

    private static IdentLine? Read(HbaWord identity, HbaWord user, out string? problem)
    {
        problem = null;
        if (!user.IsQuoted && user.Text[0] is '+' or '/')
        {
            problem = $"'{user.Text}': groups and patterns are not known as users here; write a name, or all";
            return null;
        }

        var name = user.Is("all") ? null : user.Text;
        if (!identity.Text.StartsWith('/'))
        {
            return new IdentLine(identity.Text, null, name);
        }

        try
        {
            // Takes time in proportion to the name's length, whatever the pattern.
            var pattern = new Regex(identity.Text[1..], RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            if (name?.Contains(IdentLine.Group, StringComparison.Ordinal) != true || pattern.GetGroupNumbers().Length > 1)
            {
                return new IdentLine(identity.Text, pattern, name);
            }

            problem = $"'{user.Text}' wants a group of the pattern '{identity.Text}', which has none; put one in parentheses";
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            problem = $"the pattern '{identity.Text}' cannot be read: {refused.Message}";
        }

        return null;
    }
}
