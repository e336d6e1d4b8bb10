using System.Diagnostics;
using System.Net;
using System.Net.Security;
using Router.Protocol;
using Router.Protocol.Messages;
using Router.Testing;
using Router.Testing.Proxy;

namespace Router.Integration.Tests.Bouncer;

/// <summary>HAProxy in front, which says whom it passes on: both versions of its protocol, by TCP and by the unix socket.</summary>
[Trait("Category", "Integration")]
public sealed class BalancerTests(BouncerServer server) : IClassFixture<BouncerServer>
{
    [Fact]
    public async Task Clients_of_a_balancer_are_who_they_are_and_not_the_balancer()
    {
        using var certificates = new TestCertificates();
        File.SetUnixFileMode(certificates.KeyFile, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        var place = (Directory: PoolerProcess.NewDirectory(), Port: FreePort.Take(1)[0]);
        await File.WriteAllTextAsync(Path.Combine(place.Directory, "hba.conf"), """
            local pgbouncer admin trust
            hostssl db1 app 127.0.0.1/32 trust

            """);
        using var pooler = await server.StartRouterAsync(
            $"""
            auth_type = hba
            auth_hba_file = {place.Directory}/hba.conf
            client_tls_sslmode = allow
            client_tls_cert_file = {certificates.CertificateFile}
            client_tls_key_file = {certificates.KeyFile}
            proxy_protocol = optional
            proxy_protocol_networks = 127.0.0.1, unix
            """,
            $"db1 = host=127.0.0.1 port={server.Port} dbname=postgres user=postgres", place);
        var ports = FreePort.Take(3);
        using var balancer = await StartBalancerAsync(pooler, ports);
        foreach (var port in ports)
        {
            // TLS stands behind the header, by the unix socket too: who comes from elsewhere is not local there.
            using var client = await WirePeer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            await client.RequestTlsAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
            });
            _ = await client.LogInAsync("app", "db1");
            var own = (IPEndPoint)client.Socket.LocalEndPoint!;
            var (_, shown) = await pooler.PsqlAsync("admin", "pgbouncer", "SHOW CLIENTS", host: pooler.Directory);
            Assert.Contains($"|127.0.0.1|{own.Port}|", shown, StringComparison.Ordinal);
        }

        // The balancer runs as the pooler's own account, which owns the console; its clients do not.
        using var stranger = await WirePeer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, ports[2]));
        await stranger.SendAsync(new StartupMessage(
            ProtocolVersion.V30, [new("user", "pgbouncer"), new("database", "pgbouncer")]).Write);
        Assert.Equal('E', (await stranger.ReadAsync()).Type);
        balancer.Kill();
        await balancer.WaitForExitAsync();
    }

    private static async Task<Process> StartBalancerAsync(PoolerProcess pooler, int[] ports)
    {
        var file = Path.Combine(pooler.Directory, "haproxy.cfg");
        await File.WriteAllTextAsync(file, $"""
            defaults
                mode tcp
                timeout connect 60s
                timeout client 60s
                timeout server 60s
            listen one
                bind 127.0.0.1:{ports[0]}
                server pooler 127.0.0.1:{pooler.Port} send-proxy
            listen two
                bind 127.0.0.1:{ports[1]}
                server pooler 127.0.0.1:{pooler.Port} send-proxy-v2
            listen three
                bind 127.0.0.1:{ports[2]}
                server pooler unix@{pooler.Socket} send-proxy-v2

            """);
        var balancer = RouterCommand.Start(Path.Combine(pooler.Directory, "output.log"), "haproxy", "-db", "-f", file);
        await pooler.UntilAsync(
            async () =>
            {
                using var probe = new System.Net.Sockets.TcpClient();
                try
                {
                    await probe.ConnectAsync(IPAddress.Loopback, ports[2]);
                    return true;
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return balancer.HasExited;
                }
            },
            "the balancer listens");
        Assert.False(balancer.HasExited);
        return balancer;
    }
}
