using System.Buffers;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// Reads the untyped first packets. Encryption requests are answered "no" and the client goes on in clear; each may be
/// asked once. Holds at most one packet of 10 000 bytes.
/// </summary>
internal static class StartupPhase
{
    private static readonly byte[] No = [(byte)'N'];

    /// <exception cref="TransportException">The connection failed.</exception>
    /// <exception cref="OperationCanceledException">The token fired: too slow, or the session is to end.</exception>
    public static async Task<StartupOutcome> RunAsync(IConnection client, CancellationToken aborted)
    {
        var (isTlsAsked, isGssAsked) = (false, false);
        while (true)
        {
            var (status, packet, bytes, isFollowed) = await ReadAsync(client, aborted);
            if (status != ScanStatus.Taken)
            {
                return status == ScanStatus.NeedMore
                    ? new StartupOutcome.Ended("the client closed the connection before its StartupMessage")
                    : Malformed("invalid length of startup packet");
            }

            switch (packet.Kind)
            {
                case StartupPacketKind.SslRequest when !isTlsAsked:
                    isTlsAsked = true;
                    await client.Output.WriteAsync(No, aborted);
                    break;
                case StartupPacketKind.GssEncRequest when !isGssAsked:
                    isGssAsked = true;
                    await client.Output.WriteAsync(No, aborted);
                    break;
                default:
                    return Finish(packet, bytes);
            }

            // The client waits for the answer before it goes on, so somebody else put these bytes here.
            if (isFollowed)
            {
                return Malformed("received unencrypted data behind an encryption request");
            }
        }
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
