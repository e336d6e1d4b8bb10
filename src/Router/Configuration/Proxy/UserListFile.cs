using Router.Protocol.Authentication;
using Router.Proxy.Pooling;

namespace Router.Configuration.Proxy;

/// <summary>
/// PgBouncer's <c>auth_file</c>: a line holds "name" "password", both quoted and a quote doubled, and may hold more; a
/// line that begins with a semicolon is a comment. Unlike PgBouncer, which stops reading at a line that it cannot read,
/// such a line is an error with its number.
/// </summary>
internal static class UserListFile
{
    /// <summary>A user list is written by people or a script; anything longer is another file by mistake.</summary>
    private const long LengthMax = 64 << 20;

    public static UserList Read(Section root, string key)
    {
        if (root.Text(key) is not { } path)
        {
            return UserList.Empty;
        }

        try
        {
            if (new FileInfo(path).Length <= LengthMax)
            {
                return Parse(File.ReadAllText(path), (line, what) =>
                    root.ComplainUnseen(key, $"{path}:{line}: {what}"));
            }

            root.ComplainUnseen(key, $"{path} is longer than {LengthMax >> 20} MiB");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            root.ComplainUnseen(key, $"{path} cannot be read: {unreadable.Message}");
        }

        return UserList.Empty;
    }

    /// <summary>The last line of a name that comes twice counts.</summary>
    public static UserList Parse(string text, Action<int, string> complain) => Parse(text, (line, what) =>
    {
        complain(line, what);
        return true;
    });

    /// <summary>Up to the first line that cannot be read, whose number is told.</summary>
    public static UserList ParseBeginning(string text, Action<int> complain) => Parse(text, (line, _) =>
    {
        complain(line);
        return false;
    });

    /// <param name="goesOn">Told of a line that cannot be read; says whether the next one is.</param>
    private static UserList Parse(string text, Func<int, string, bool> goesOn)
    {
        var users = new Dictionary<string, StoredPassword>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var rest = line.TrimStart();
            if (rest.IsEmpty || rest[0] == ';')
            {
                continue;
            }

            if (TryReadQuoted(ref rest, out var name) && TryReadQuoted(ref rest, out var password) && name.Length > 0)
            {
                users[name] = StoredPassword.Parse(password);
            }
            else if (!goesOn(number, "write \"name\" \"password\", both in double quotes"))
            {
                break;
            }
        }

        return new UserList(users);
    }

    private static bool TryReadQuoted(ref ReadOnlySpan<char> rest, out string value)
    {
        value = "";
        rest = rest.TrimStart();
        if (rest.IsEmpty || rest[0] != '"')
        {
            return false;
        }

        for (var at = 1; at < rest.Length; at++)
        {
            if (rest[at] != '"')
            {
                continue;
            }

            if (at + 1 < rest.Length && rest[at + 1] == '"')
            {
                at++;
                continue;
            }

            value = rest[1..at].ToString().Replace("\"\"", "\"", StringComparison.Ordinal);
            rest = rest[(at + 1)..];
            return true;
        }

        return false;
    }
}
