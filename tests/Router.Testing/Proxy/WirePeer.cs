using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Testing.Proxy;

/// <summary>One end of a protocol connection in a test's hands: it sends and reads what the test says.</summary>
public sealed class WirePeer(Socket socket, bool declinesTls = false) : IDisposable
{
    private SslStream? _tls;

    /// <summary>Generous: reached only by a defect.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public Socket Socket => socket;

    /// <summary>What the connection is secured by.</summary>
    public SslStream? Tls => _tls;

    public static async Task<WirePeer> ConnectAsync(EndPoint endPoint, int receiveBufferBytes = 0)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var isLocal = endPoint.AddressFamily == AddressFamily.Unix;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, isLocal ? ProtocolType.Unspecified : ProtocolType.Tcp);
        if (!isLocal)
        {
            socket.NoDelay = true;
        }

        if (receiveBufferBytes > 0)
        {
            socket.ReceiveBufferSize = receiveBufferBytes;
        }

        await socket.ConnectAsync(endPoint).WaitAsync(Bound);
        return new WirePeer(socket);
    }

    /// <summary>Goes on in TLS as a client.</summary>
    public async Task SecureAsync(SslClientAuthenticationOptions options)
    {
        var tls = new SslStream(new NetworkStream(socket));
        await tls.AuthenticateAsClientAsync(options).WaitAsync(Bound);
        _tls = tls;
    }

    /// <summary>Asks for TLS and goes on in it.</summary>
    public async Task RequestTlsAsync(SslClientAuthenticationOptions options)
    {
        await SendAsync(w => StartupPacket.WriteRequest(w, StartupPacket.SslRequestCode));
        var answer = await ReadByteAsync();
        if (answer != 'S')
        {
            throw new InvalidDataException($"the request for TLS was answered with {(char)answer}");
        }

        await SecureAsync(options);
    }

    /// <summary>Goes on in TLS as a server.</summary>
    public async Task SecureAsync(SslServerAuthenticationOptions options)
    {
        var tls = new SslStream(new NetworkStream(socket));
        await tls.AuthenticateAsServerAsync(options).WaitAsync(Bound);
        _tls = tls;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_tls is not null)
        {
            await _tls.WriteAsync(bytes).AsTask().WaitAsync(Bound);
            return;
        }

        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes).AsTask().WaitAsync(Bound)..];
        }
    }

    public Task SendAsync(Action<FrameWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var writer = new FrameWriter();
        write(writer);
        return SendAsync(writer.Written);
    }

    public Task QueryAsync(string sql) => SendAsync(new Query(sql).Write);

    /// <summary>The next message, or null at the end of the stream.</summary>
    public async Task<WireMessage?> TryReadAsync()
    {
        var header = new byte[FrameHeader.Size];
        if (!await TryFillAsync(header))
        {
            return null;
        }

        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - sizeof(int)];
        return await TryFillAsync(body) ? new WireMessage((char)header[0], body) : null;
    }

    public async Task<WireMessage> ReadAsync() =>
        await TryReadAsync() ?? throw new EndOfStreamException("the peer closed; a message was expected");

    /// <summary>Reads up to and including the next message of this type.</summary>
    public async Task<WireMessage> ReadUntilAsync(char type)
    {
        while (true)
        {
            var message = await ReadAsync();
            if (message.Type == type)
            {
                return message;
            }
        }
    }

    /// <summary>
    /// Reads an untyped packet with its length word; null at the end of the stream. A request for TLS is declined on the
    /// way where this end declines them.
    /// </summary>
    public async Task<byte[]?> TryReadPacketAsync()
    {
        var packet = await TryReadAnyPacketAsync();
        if (!declinesTls || packet is null || StartupPacket.TryRead(packet, out var read) != ScanStatus.Taken
            || read.Kind != StartupPacketKind.SslRequest)
        {
            return packet;
        }

        await SendAsync("N"u8.ToArray());
        return await TryReadAnyPacketAsync();
    }

    private async Task<byte[]?> TryReadAnyPacketAsync()
    {
        var length = new byte[sizeof(int)];
        if (!await TryFillAsync(length))
        {
            return null;
        }

        var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - sizeof(int)];
        return await TryFillAsync(rest) ? [.. length, .. rest] : null;
    }

    public async Task<byte> ReadByteAsync()
    {
        var one = new byte[1];
        return await TryFillAsync(one) ? one[0] : throw new EndOfStreamException("the peer closed; a byte was expected");
    }

    /// <summary>True once the peer has closed, cleanly or not, with nothing more to read.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return !await TryFillAsync(new byte[1]);
        }
        catch (Exception lost) when (lost is SocketException or IOException)
        {
            return true;
        }
    }

    /// <summary>As a client: logs in without a password and reads up to the first ReadyForQuery.</summary>
    public async Task<BackendKeyData> LogInAsync(string user = "app", string? database = null)
    {
        await SendAsync(new StartupMessage(
            ProtocolVersion.V30, database is null ? [new("user", user)] : [new("user", user), new("database", database)]).Write);
        var key = await ReadUntilAsync('K');
        _ = await ReadUntilAsync('Z');
        return BackendKeyData.Parse(key.Body)!;
    }

    /// <summary>As a backend: takes the StartupMessage and answers a login without a password.</summary>
    public async Task<StartupMessage?> AcceptLoginAsync(
        int processId = 4711, byte[]? key = null, bool? isStandby = null)
    {
        var packet = await TryReadPacketAsync();
        await GreetAsync(processId, key, isStandby);
        return packet is null ? null : StartupMessage.Parse(packet);
    }

    /// <summary>As a backend: everything from AuthenticationOk to ReadyForQuery.</summary>
    public Task GreetAsync(int processId = 4711, byte[]? key = null, bool? isStandby = null) => SendAsync(writer =>
    {
        AuthenticationRequest.Write(writer, AuthenticationKind.Ok);
        new ParameterStatus("server_version", "15.0").Write(writer);
        if (isStandby is { } standby)
        {
            new ParameterStatus("in_hot_standby", standby ? "on" : "off").Write(writer);
        }

        new BackendKeyData(processId, new CancelKey(key ?? [1, 2, 3, 4])).Write(writer);
        new ReadyForQuery(TransactionStatus.Idle).Write(writer);
    });

    public void Dispose() => socket.Dispose();

    private async Task<bool> TryFillAsync(Memory<byte> target)
    {
        while (!target.IsEmpty)
        {
            var receiving = _tls is null ? socket.ReceiveAsync(target).AsTask() : _tls.ReadAsync(target).AsTask();
            var count = await receiving.WaitAsync(Bound);
            if (count == 0)
            {
                return false;
            }

            target = target[count..];
        }

        return true;
    }
}
