using Router.Configuration.PgBouncer.Settings;
using Router.Configuration.Proxy;
using Router.Configuration.Yaml;
using Router.Proxy.Pooling;

namespace Router.Configuration.PgBouncer;

/// <summary>
/// The <c>auth_file</c> of a <c>pgbouncer.ini</c>. As in PgBouncer, a line that cannot be read ends it: whoever stands behind
/// is not known, and nothing fails but his login; nor does it where the file cannot be read at all.
/// </summary>
internal static class AuthFile
{
    private const long LengthMax = 64 << 20;

    public static UserList Read(SettingValues settings, Findings findings)
    {
        var path = settings.Of(SettingTable.AuthFile);
        if (path.Length == 0)
        {
            return UserList.Empty;
        }

        try
        {
            if (new FileInfo(path).Length <= LengthMax)
            {
                return UserListFile.ParseBeginning(File.ReadAllText(path), line => findings.Warning(
                    new SourcePosition(path, line, 1), "auth_file",
                    "write \"name\" \"password\", both in double quotes; from here on nothing of the file is in force"));
            }

            Complain($"{path} is longer than {LengthMax >> 20} MiB");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Complain($"{path} cannot be read: {unreadable.Message}");
        }

        return UserList.Empty;

        void Complain(string sentence) => findings.Warning(
            settings.Written(SettingTable.AuthFile)?.At ?? new SourcePosition(path, 0, 0), "auth_file", $"{sentence}; nobody is known");
    }
}
