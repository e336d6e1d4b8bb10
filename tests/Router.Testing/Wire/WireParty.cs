using System.Net.Sockets;
using System.Threading.Channels;
using Router.Protocol.Framing;
using Router.Testing.Proxy;

namespace Router.Testing.Wire;

/// <summary>
/// One party of a running scenario: a client, or a connection of the server. It sends from a queue, so that nobody has to
/// read for a long message to be on its way, and reads only when it is to hear something.
/// </summary>
internal sealed class WireParty : IAsyncDisposable
{
    private readonly Channel<ReadOnlyMemory<byte>> _queue = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
    private readonly WirePeer _peer;
    private readonly bool _isClient;
    private readonly Task _sending;
    private bool _hasStarted;

    public WireParty(WirePeer peer, bool isClient, Func<int, int> chunkLength)
    {
        _peer = peer;
        _isClient = isClient;
        _hasStarted = isClient;
        _sending = SendAllAsync(chunkLength);
    }

    /// <summary>The script has closed it.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>It is over: closed, or heard to the end.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Bytes have come that nobody has heard.</summary>
    public bool HasUnheard => !IsOver && _peer.Socket.Available > 0;

    public void Send(ReadOnlyMemory<byte> bytes) => _queue.Writer.TryWrite(bytes);

    /// <summary>The next message, or null at the end of the connection.</summary>
    public async Task<DecodedMessage?> HearAsync(MessageLayout? expected)
    {
        var message = await TryHearAsync(expected);
        IsOver |= message is null;
        return message;
    }

    private async Task<DecodedMessage?> TryHearAsync(MessageLayout? expected)
    {
        try
        {
            if (expected == MessageLayouts.Byte)
            {
                return new DecodedMessage(expected.Name, [WireTerm.OfWord(((char)await _peer.ReadByteAsync()).ToString())]);
            }

            return _hasStarted ? await HearTypedAsync(expected) : await HearUntypedAsync();
        }
        catch (Exception end) when (end is SocketException or EndOfStreamException)
        {
            return null;
        }
    }

    /// <summary>Ends the connection behind the last byte that was to be sent.</summary>
    public async Task CloseAsync(bool isReset)
    {
        _queue.Writer.TryComplete();
        await _sending;
        (IsClosed, IsOver) = (true, true);
        if (isReset)
        {
            _peer.Socket.LingerState = new LingerOption(true, 0);
        }

        _peer.Socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _peer.Dispose();
        await _sending;
    }

    private async Task<DecodedMessage?> HearTypedAsync(MessageLayout? expected)
    {
        var message = await _peer.TryReadAsync();
        var sender = _isClient ? FrameSide.Backend : FrameSide.Frontend;
        return message is null ? null : MessageDecoder.Decode(sender, message.Type, message.Body, expected);
    }

    private async Task<DecodedMessage?> HearUntypedAsync()
    {
        if (await _peer.TryReadPacketAsync() is not { } packet)
        {
            return null;
        }

        var message = MessageDecoder.DecodeUntyped(packet);
        _hasStarted = message.Name == MessageLayouts.Startup.Name;
        return message;
    }

    private async Task SendAllAsync(Func<int, int> chunkLength)
    {
        var sent = 0;
        try
        {
            await foreach (var bytes in _queue.Reader.ReadAllAsync())
            {
                for (var rest = bytes; !rest.IsEmpty;)
                {
                    var length = Math.Min(chunkLength(sent), rest.Length);
                    await _peer.SendAsync(rest[..length]);
                    rest = rest[length..];
                    sent += length;
                }
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The other side closed: what it said before is the script's to judge.
        }
    }
}
