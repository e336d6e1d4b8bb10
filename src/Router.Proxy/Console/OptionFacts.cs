using System.Globalization;
using Router.Proxy.Authentication;
using Router.Proxy.Pooling;

namespace Router.Proxy.Console;

/// <summary>What SHOW CONFIG shows of a proxy whose process has no settings of PgBouncer's. Pure.</summary>
internal static class OptionFacts
{
    public static IReadOnlyList<SettingFact> Of(ProxyOptions options)
    {
        var (now, byDefault) = (Values(options), Values(new ProxyOptions { Pool = new PoolOptions() }));
        return
        [
            .. now.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(pair =>
                new SettingFact(pair.Key, pair.Value, byDefault[pair.Key], pair.Key != "listen_backlog")),
        ];
    }

    private static Dictionary<string, string> Values(ProxyOptions options)
    {
        var pool = options.Pool ?? new PoolOptions();
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["auth_type"] = pool.Authentication == AuthType.ScramSha256
                ? "scram-sha-256"
                : pool.Authentication.ToString().ToLowerInvariant(),
            ["cancel_wait_timeout"] = Seconds(options.CancelWaitTimeout),
            ["client_idle_timeout"] = Seconds(pool.ClientIdleTimeout),
            ["client_login_timeout"] = Seconds(options.ClientLoginTimeout),
            ["client_tls_sslmode"] = ModeOf(options.ClientTls.Mode),
            ["client_tls_cert_file"] = options.ClientTls.CertFile ?? "",
            ["client_tls_key_file"] = options.ClientTls.KeyFile ?? "",
            ["client_tls_ca_file"] = options.ClientTls.CaFile ?? "",
            ["default_pool_size"] = Number(pool.PoolSize),
            ["hold_timeout"] = Seconds(options.HoldTimeout),
            ["idle_transaction_timeout"] = Seconds(pool.IdleTransactionTimeout),
            ["listen_backlog"] = Number(options.ListenBacklog),
            ["max_client_conn"] = Number(options.MaxClientConnections),
            ["max_db_connections"] = Number(pool.MaxDatabaseConnections),
            ["max_user_connections"] = Number(pool.MaxUserConnections),
            ["min_pool_size"] = Number(pool.MinPoolSize),
            ["pool_mode"] = PoolTables.ModeOf(pool.Mode),
            ["query_timeout"] = Seconds(pool.QueryTimeout),
            ["query_wait_timeout"] = Seconds(pool.QueryWaitTimeout),
            ["reserve_pool_size"] = Number(pool.ReservePoolSize),
            ["reserve_pool_timeout"] = Seconds(pool.ReservePoolTimeout),
            ["server_check_delay"] = Seconds(pool.CheckDelay),
            ["server_check_query"] = pool.CheckQuery,
            ["server_connect_timeout"] = Seconds(options.ServerConnectTimeout),
            ["server_idle_timeout"] = Seconds(pool.ServerIdleTimeout),
            ["server_lifetime"] = Seconds(pool.ServerLifetime),
            ["server_login_retry"] = Seconds(pool.ServerLoginRetry),
            ["server_reset_query"] = pool.ResetQuery,
            ["server_reset_query_always"] = pool.ResetQueryAlways ? "1" : "0",
            ["server_round_robin"] = pool.RoundRobin ? "1" : "0",
            ["server_tls_sslmode"] = ModeOf(options.ServerTls.Mode),
            ["server_tls_cert_file"] = options.ServerTls.CertFile ?? "",
            ["server_tls_key_file"] = options.ServerTls.KeyFile ?? "",
            ["server_tls_ca_file"] = options.ServerTls.CaFile ?? "",
            ["transaction_timeout"] = Seconds(pool.TransactionTimeout),
        };
    }

    private static string ModeOf(TlsMode mode) => mode switch
    {
        TlsMode.VerifyCa => "verify-ca",
        TlsMode.VerifyFull => "verify-full",
        _ => mode.ToString().ToLowerInvariant(),
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan value) => value.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
