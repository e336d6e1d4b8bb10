using System.Net;
using System.Net.Sockets;
using Router.Protocol.Messages;
using Router.Proxy.Pooling;

namespace Router.Proxy.Sessions;

/// <summary>What a client's startup parameters become by the proxy's settings. Pure.</summary>
internal static class StartupWishes
{
    private const string ApplicationName = "application_name";

    public static StartupMessage Of(StartupMessage startup, PoolOptions options, EndPoint? client)
    {
        var wishes = startup;
        if (options.IgnoredStartupParameters.Length > 0)
        {
            wishes = wishes with { Parameters = wishes.Parameters.RemoveAll(parameter => IsIgnored(parameter.Name, options)) };
        }

        if (options.AddsHostToApplicationName)
        {
            var name = $"{wishes.Find(ApplicationName) ?? "app"} - {AddressOf(client)}";
            wishes = wishes with
            {
                Parameters = wishes.Parameters.RemoveAll(static parameter => parameter.Name == ApplicationName)
                    .Add(new StartupParameter(ApplicationName, name)),
            };
        }

        return wishes;
    }

    /// <summary><c>options</c> itself is always carried to the server.</summary>
    private static bool IsIgnored(string name, PoolOptions options) =>
        name is not ("user" or "database" or "options" or "replication")
        && options.IgnoredStartupParameters.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>As PgBouncer's log has it.</summary>
    public static string AddressOf(EndPoint? client) => client switch
    {
        IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } ip => $"[{ip.Address}]:{ip.Port}",
        IPEndPoint ip => $"{ip.Address}:{ip.Port}",
        UnixDomainSocketEndPoint => "unix",
        _ => "",
    };
}
