using Npgsql;
using Router.Cluster;
using Router.Postgres.Options;
using Router.Postgres.Processes;

namespace Router.Postgres.Probing;

/// <summary>
/// Opens sessions of the superuser. None is pooled; PostgreSQL keeps superuser_reserved_connections for them, so that
/// clients that hold every other one do not lock the agent out.
/// </summary>
internal sealed class LocalConnections(LiveOptions options)
{
    private const int ConnectTimeoutSeconds = 10;

    /// <summary>A session with the local server, where its lock file says that it listens.</summary>
    /// <exception cref="NpgsqlException">Refused, or not reached.</exception>
    public Task<NpgsqlConnection> OpenAsync(LockFile file, CancellationToken aborted)
    {
        var isSocket = (options.Now.UseUnixSocket || file.ListenAddress.Length == 0) && file.SocketDirectory.Length > 0;
        var host = isSocket ? file.SocketDirectory : LocalHost(file.ListenAddress);
        return OpenAsync(new MemberAddress(host, file.Port), options.Now.Superuser, aborted);
    }

    /// <summary>A session with another member, as the superuser or the rewind user.</summary>
    /// <exception cref="NpgsqlException">Refused, or not reached.</exception>
    public async Task<NpgsqlConnection> OpenAsync(
        MemberAddress address, PostgresCredentials user, CancellationToken aborted)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(Describe(address, user));
        _ = builder.EnableTransportSecurity();
        await using var source = builder.Build();
        return await source.OpenConnectionAsync(aborted);
    }

    /// <summary>The connection string; it carries the password and goes nowhere but to Npgsql.</summary>
    public string Describe(MemberAddress address, PostgresCredentials user)
    {
        var text = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Username = user.UserName,
            Password = user.Password,
            Database = options.Now.Database,
            ApplicationName = $"Router {options.Now.Name.Value}",
            Pooling = false,
            Timeout = ConnectTimeoutSeconds,
            CommandTimeout = 0,
            // A cancelled wait is given up at once: a server that is silent answers no CancelRequest either.
            CancellationTimeout = -1,
            SslMode = Encryption(user.SslMode),
            SslCertificate = user.SslCertificate,
            SslKey = user.SslKey,
            SslPassword = user.SslPassword,
            RootCertificate = user.SslRootCertificate,
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        return text.ConnectionString;
    }

    /// <summary>A listen address as one can connect to it.</summary>
    internal static string LocalHost(string listenAddress) => listenAddress.Split(',')[0].Trim() switch
    {
        "" or "*" or "0.0.0.0" or "localhost" => "127.0.0.1",
        "::" => "::1",
        var address => address,
    };

    private static SslMode Encryption(string? mode) => mode switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => SslMode.Prefer,
    };
}
