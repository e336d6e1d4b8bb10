using Router.Cluster;
using Router.Configuration.PgBouncer.Settings;

namespace Router.Configuration.PgBouncer.Conversion;

/// <summary>The addresses at which PgBouncer would listen, as <c>listen</c> of a <c>router.yml</c> writes them.</summary>
internal static class ListenAddresses
{
    /// <summary>Yaml is null where an address has no place; then Remark says why.</summary>
    public static IEnumerable<(string? Yaml, Setting Setting, string? Remark)> Of(SettingValues settings)
    {
        var port = settings.Of(SettingTable.ListenPort);
        foreach (var host in settings.Of(SettingTable.ListenAddr))
        {
            yield return Tcp(host, port);
        }

        var directory = settings.Of(SettingTable.UnixSocketDir);
        if (directory.StartsWith('@'))
        {
            yield return (null, SettingTable.UnixSocketDir, $"{directory}: there are no abstract unix sockets here");
        }
        else if (directory.Length > 0)
        {
            var path = Path.Combine(Path.GetFullPath(directory), $".s.PGSQL.{port}");
            yield return (YamlText.Quoted(path), SettingTable.UnixSocketDir, null);
        }
    }

    private static (string?, Setting, string?) Tcp(string host, int port)
    {
        var bare = host.Trim('[', ']');
        if (HostAndPort.Listen(new MemberAddress(bare, port)) is null)
        {
            return ("''", SettingTable.ListenAddr, $"{RouterYamlConversion.Mark} the number of the address {host}, and :{port}");
        }

        var remark = bare switch
        {
            "*" => $"IPv4 here; '[::]:{port}' beside it is for IPv6",
            "localhost" => $"127.0.0.1 here; '[::1]:{port}' beside it is for IPv6",
            _ => null,
        };
        var shown = bare.Contains(':', StringComparison.Ordinal) ? $"[{bare}]" : bare;
        return (YamlText.Quoted($"{shown}:{port}"), SettingTable.ListenAddr, remark);
    }
}
