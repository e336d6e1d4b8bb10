using System.Buffers;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Manners;
using Router.Proxy.Tls;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// Reads the untyped first packets, and secures the connection where the client asks for it: by SSLRequest, or by a TLS
/// handshake as the first thing. Each kind of encryption may be asked for once. Holds at most one packet of 10 000 bytes.
/// </summary>
internal static class StartupPhase
{
    /// <summary>First byte of a TLS handshake, and of no packet: that would be too long.</summary>
    private const byte TlsHandshake = 0x16;

    private static readonly byte[] Yes = [(byte)'S'];

    private static readonly byte[] No = [(byte)'N'];

    /// <exception cref="TransportException">The connection or its TLS handshake failed.</exception>
    /// <exception cref="OperationCanceledException">The token fired: too slow, or the session is to end.</exception>
    public static async Task<StartupOutcome> RunAsync(
        IConnection client, TlsHandshakes tls, Personality personality, CancellationToken aborted)
    {
        if (tls.IsOffered(client) && await IsDirectTlsAsync(client, aborted)
            && !(await tls.SecureClientAsync(client, aborted)).HasAlpn)
        {
            // Without the name of the protocol, bytes that are meant for another server could be led here.
            return Malformed("direct TLS needs ALPN with the protocol \"postgresql\"");
        }

        var (isTlsAsked, isGssAsked) = (client.Tls is not null, client.Tls is not null);
        while (true)
        {
            var (status, packet, bytes, isFollowed) = await ReadAsync(client, aborted);
            if (status != ScanStatus.Taken)
            {
                return status == ScanStatus.NeedMore
                    ? new StartupOutcome.Ended("the client closed the connection before its StartupMessage")
                    : Malformed("invalid length of startup packet");
            }

            var isTlsRequest = packet.Kind == StartupPacketKind.SslRequest && !isTlsAsked;
            if (!isTlsRequest && (packet.Kind != StartupPacketKind.GssEncRequest || isGssAsked))
            {
                return packet.Kind == StartupPacketKind.Startup && client.Tls is null && tls.IsRequired(client)
                    ? new StartupOutcome.Refused(Refusals.NoTls.In(personality))
                    : Finish(packet, bytes);
            }

            isTlsAsked |= isTlsRequest;
            isGssAsked |= !isTlsRequest;
            var isSecured = isTlsRequest && tls.IsOffered(client);
            if (!isSecured)
            {
                await client.Output.WriteAsync(No, aborted);
            }

            // The client waits for the answer before it goes on, so somebody else put these bytes here.
            if (isFollowed)
            {
                return Malformed("received unencrypted data behind an encryption request");
            }

            if (isSecured)
            {
                await client.Output.WriteAsync(Yes, aborted);
                _ = await tls.SecureClientAsync(client, aborted);

                // What is secured is not to be secured once more.
                isGssAsked = true;
            }
        }
    }

    /// <summary>Looks at the first byte and takes none.</summary>
    private static async Task<bool> IsDirectTlsAsync(IConnection client, CancellationToken aborted)
    {
        var read = await client.Input.ReadAsync(aborted);
        var isTls = !read.Buffer.IsEmpty && read.Buffer.FirstSpan[0] == TlsHandshake;
        client.Input.AdvanceTo(read.Buffer.Start);
        return isTls;
    }

    private static StartupOutcome Finish(StartupPacket packet, byte[] bytes)
    {
        switch (packet.Kind)
        {
            case StartupPacketKind.CancelRequest:
                return CancelRequest.Parse(bytes) is { } request
                    ? new StartupOutcome.Cancel(request)
                    : new StartupOutcome.Ended("a cancel request with a key of impossible length");
            case StartupPacketKind.Startup:
                return StartupMessage.Parse(bytes) is not null
                    ? new StartupOutcome.Login(bytes)
                    : Malformed("invalid startup packet layout");
            default:
                return new StartupOutcome.Refused(ErrorResponse.Fatal(
                    SqlState.FeatureNotSupported,
                    $"unsupported frontend protocol {new ProtocolVersion(packet.Code)}: this server speaks 3.0 and 3.2"));
        }
    }

    private static async Task<(ScanStatus Status, StartupPacket Packet, byte[] Bytes, bool IsFollowed)> ReadAsync(
        IConnection client, CancellationToken aborted)
    {
        while (true)
        {
            var read = await client.Input.ReadAsync(aborted);
            var buffer = read.Buffer;
            var status = TryRead(buffer, out var packet);
            if (status == ScanStatus.Taken)
            {
                var body = buffer.Slice(0, packet.Length);
                var bytes = body.ToArray();
                client.Input.AdvanceTo(body.End);
                return (status, packet, bytes, buffer.Length > packet.Length);
            }

            client.Input.AdvanceTo(buffer.Start, buffer.End);
            if (status == ScanStatus.Malformed || read.IsCompleted)
            {
                return (status, packet, [], false);
            }
        }
    }

    private static ScanStatus TryRead(ReadOnlySequence<byte> buffer, out StartupPacket packet)
    {
        var start = buffer.Slice(0, Math.Min(buffer.Length, FrameLimits.StartupMax));
        return StartupPacket.TryRead(start.IsSingleSegment ? start.FirstSpan : start.ToArray(), out packet);
    }

    private static StartupOutcome.Refused Malformed(string message) =>
        new(ErrorResponse.Fatal(SqlState.ProtocolViolation, message));
}
