using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Router.Dcs.Etcd;

/// <summary>HTTP connections to etcd: bounded connects, TLS, and pings that etcd tolerates.</summary>
internal static class EtcdHttp
{
    // etcd answers pings that come more often than each 5 s with GOAWAY, and any ping without a stream.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(3);

    public static SocketsHttpHandler CreateHandler(EtcdSettings settings, TimeProvider time)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            UseProxy = false,
            // With a callback of our own, a failed connect is known as such and never backs off behind our back.
            ConnectCallback = (context, aborted) =>
                ConnectAsync(context.DnsEndPoint, settings.ConnectTimeout, time, aborted),
        };
        if (settings.Tls is { } tls)
        {
            handler.SslOptions = CreateTls(tls);
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint endpoint, TimeSpan timeout, TimeProvider time, CancellationToken aborted)
    {
        using var bound = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, bound.Token);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new EtcdConnectException(error.Message, error);
        }
        catch (OperationCanceledException error) when (bound.IsCancellationRequested && !aborted.IsCancellationRequested)
        {
            socket.Dispose();
            throw new EtcdConnectException($"no connection within {timeout.TotalSeconds:0.#} s", error);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions CreateTls(EtcdTls tls)
    {
        var options = new SslClientAuthenticationOptions();
        if (tls.CaFile is not null)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(tls.CaFile);
            options.CertificateChainPolicy = policy;
        }

        if (tls.CertificateFile is not null)
        {
            options.ClientCertificates =
            [
                X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.KeyFile ?? tls.CertificateFile),
            ];
        }

        return options;
    }
}
