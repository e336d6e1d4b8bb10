using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Transport;

namespace Router.Proxy.Tls;

/// <summary>Secures connections of both legs as the options in force say; counts and logs the handshakes.</summary>
internal sealed class TlsHandshakes(TlsKeeper keeper, ProxyCounters counters, TimeProvider time, ILogger logger)
{
    /// <summary>Of lines about failed handshakes, for each leg: anybody can make handshakes fail.</summary>
    private static readonly TimeSpan LinePeriod = TimeSpan.FromSeconds(1);

    private readonly LineLimit _clientLines = new(time, LinePeriod);
    private readonly LineLimit _serverLines = new(time, LinePeriod);

    /// <summary>This client may be answered that TLS follows. Nobody listens between the ends of a unix socket.</summary>
    public bool IsOffered(IConnection client) => keeper.Now.ClientContext is not null && !IsLocal(client);

    /// <summary>This client may not go on in clear.</summary>
    public bool IsRequired(IConnection client) => keeper.Now.Client.Mode >= TlsMode.Require && !IsLocal(client);

    /// <summary>Where <see cref="IsOffered"/>.</summary>
    /// <exception cref="TlsHandshakeException">It failed.</exception>
    public Task<TlsFacts> SecureClientAsync(IConnection client, CancellationToken aborted) => keeper.Now.ClientContext is { } context
        ? SecureAsync(client, context, serverName: null, isClientLeg: true, aborted)
        : throw new TlsHandshakeException("client_tls_sslmode was set to disable a moment ago");

    /// <summary>Asks a server for TLS as <c>server_tls_sslmode</c> says, before anything else is sent to it.</summary>
    /// <param name="host">Whom we connect to, as it is configured.</param>
    /// <param name="isPassedThrough">
    /// A client logs in there itself, by what passes through here. It cannot bind its login to our TLS with the server,
    /// so TLS is used where it must be only.
    /// </param>
    /// <exception cref="TransportException">The server refuses what must be, breaks the protocol or is lost.</exception>
    public async Task SecureServerAsync(IConnection server, string host, bool isPassedThrough, CancellationToken aborted)
    {
        var legs = keeper.Now;
        if (legs.ServerContext is not { } context || server.RemoteEndPoint?.AddressFamily == AddressFamily.Unix
            || (isPassedThrough && legs.Server.Mode < TlsMode.Require))
        {
            return;
        }

        var writer = new FrameWriter(StartupPacket.HeaderSize);
        StartupPacket.WriteRequest(writer, StartupPacket.SslRequestCode);
        await server.Output.WriteAsync(writer.Written, aborted);
        switch (await ReadAnswerAsync(server, aborted))
        {
            case (byte)'S':
                _ = await SecureAsync(server, context, host, isClientLeg: false, aborted);
                break;
            case (byte)'N' when legs.Server.Mode < TlsMode.Require:
                break;
            case (byte)'N':
                throw new TransportException("the server does not speak TLS, which server_tls_sslmode demands");
            default:
                // An error, perhaps; but nobody knows whose words they are.
                throw new TransportException("the server answered the request for TLS with something else than S or N");
        }
    }

    private static async Task<byte> ReadAnswerAsync(IConnection server, CancellationToken aborted)
    {
        var read = await server.Input.ReadAsync(aborted);
        var (length, answer) = (read.Buffer.Length, read.Buffer.IsEmpty ? (byte)0 : read.Buffer.FirstSpan[0]);
        server.Input.AdvanceTo(read.Buffer.End);
        return length switch
        {
            0 => throw new TransportException("the server closed the connection at the request for TLS"),
            1 => answer,

            // It has to wait for our handshake or StartupMessage: somebody else put these bytes here.
            _ when answer is (byte)'S' or (byte)'N' =>
                throw new TransportException("received unencrypted data behind the server's answer to the request for TLS"),
            _ => answer,
        };
    }

    private async Task<TlsFacts> SecureAsync(
        IConnection connection, TlsContext context, string? serverName, bool isClientLeg, CancellationToken aborted)
    {
        var begin = time.GetTimestamp();
        try
        {
            var facts = await connection.SecureAsync(context, serverName, aborted);
            counters.Handshakes(isClientLeg).Succeeded(time.GetElapsedTime(begin));
            return facts;
        }
        catch (TlsHandshakeException failure)
        {
            Failed(isClientLeg, failure.Reason);
            throw;
        }
        catch (OperationCanceledException)
        {
            Failed(isClientLeg, "it took too long, or was given up");
            throw;
        }
    }

    private void Failed(bool isClientLeg, string reason)
    {
        counters.Handshakes(isClientLeg).Failed();
        if (!(isClientLeg ? _clientLines : _serverLines).TryTake(out var leftOut))
        {
            return;
        }

        if (isClientLeg)
        {
            TlsLog.ClientFailed(logger, reason, leftOut);
        }
        else
        {
            TlsLog.ServerFailed(logger, reason, leftOut);
        }
    }

    private static bool IsLocal(IConnection client) =>
        client.LocalEndPoint?.AddressFamily == AddressFamily.Unix && client.RemoteEndPoint is not IPEndPoint;
}
