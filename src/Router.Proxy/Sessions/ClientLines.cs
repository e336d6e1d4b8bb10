using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// What the log says of one client, in the form that PgBouncer's users and their tools search for. Made only where the
/// settings want such lines.
/// </summary>
internal sealed class ClientLines
{
    private readonly IConnection _client;
    private readonly SessionServices _services;
    private readonly long _id;
    private readonly long _begin;
    private string _database = "(nodb)";
    private string _user = "(nouser)";
    private string? _reason;

    private ClientLines(IConnection client, SessionServices services)
    {
        (_client, _services) = (client, services);
        _id = services.Counters.NextConnectionId();
        _begin = services.Time.GetTimestamp();
    }

    private string Who => string.Create(
        CultureInfo.InvariantCulture, $"C-0x{_id:x}: {_database}/{_user}@{AddressOf(_client)}");

    /// <summary>Null where nobody wants lines about single clients.</summary>
    public static ClientLines? For(IConnection client, SessionServices services) =>
        services.Options.Now is { LogConnections: false, LogDisconnections: false, LogPoolerErrors: false }
            ? null
            : new ClientLines(client, services);

    /// <summary>The client has said who it is and what it wants.</summary>
    public void Came(string database, string user)
    {
        (_database, _user) = (database, user);
        if (_services.Options.Now.LogConnections)
        {
            ProxyLog.LoginAttempt(_services.Logger, Who, database, user, _client.Tls?.ToString() ?? "no");
        }
    }

    /// <summary>The client was told why it is sent away.</summary>
    public void Told(string words)
    {
        _reason = words;
        if (_services.Options.Now.LogPoolerErrors)
        {
            ProxyLog.PoolerError(_services.Logger, Who, words);
        }
    }

    public void Closed()
    {
        if (_services.Options.Now.LogDisconnections)
        {
            var seconds = (long)_services.Time.GetElapsedTime(_begin).TotalSeconds;
            ProxyLog.ClosingBecause(_services.Logger, Who, _reason ?? "client close request", seconds);
        }
    }

    /// <summary>A server connection has been opened.</summary>
    public static void Opened(PoolServices services, BackendPool pool, PooledBackend backend)
    {
        if (services.Options.Now.LogConnections)
        {
            var from = StartupWishes.AddressOf(backend.Connection.LocalEndPoint);
            ProxyLog.ServerOpened(services.Logger, WhoOf(pool, backend), from);
        }
    }

    /// <summary>A server connection is closed.</summary>
    public static void Closed(PoolServices services, BackendPool pool, PooledBackend backend, string reason)
    {
        ProxyLog.PooledBackendClosed(services.Logger, pool.Key.Database, pool.Key.User, backend.Backend.Member.Name, reason);
        if (services.Options.Now.LogDisconnections)
        {
            var seconds = (long)pool.Loop.Time.GetElapsedTime(backend.CreatedAt).TotalSeconds;
            ProxyLog.ClosingBecause(services.Logger, WhoOf(pool, backend), reason, seconds);
        }
    }

    private static string WhoOf(BackendPool pool, PooledBackend backend) => string.Create(
        CultureInfo.InvariantCulture,
        $"S-0x{backend.Id:x}: {pool.Key.Database}/{pool.Key.User}@{StartupWishes.AddressOf(backend.Backend.EndPoint)}");

    private static string AddressOf(IConnection client)
    {
        if (client.LocalEndPoint is not UnixDomainSocketEndPoint unix || client.RemoteEndPoint is IPEndPoint)
        {
            return StartupWishes.AddressOf(client.RemoteEndPoint);
        }

        // The file is named after the port.
        var path = unix.ToString();
        return string.Create(
            CultureInfo.InvariantCulture, $"unix({client.PeerCredentials?.ProcessId ?? 0}):{path[(path.LastIndexOf('.') + 1)..]}");
    }
}
