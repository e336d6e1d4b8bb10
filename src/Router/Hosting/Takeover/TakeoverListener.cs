using System.Buffers.Binary;
using System.Net.Sockets;
using Router.Protocol.Messages;
using Router.Proxy;
using Router.Transport;

namespace Router.Hosting.Takeover;

/// <summary>
/// Hands over to a process of the same account that asks for it: the listening sockets go to it, and when it accepts on them,
/// this process accepts no more. Its own clients stay until they leave; their cancel requests come back by the same way.
/// </summary>
internal sealed class TakeoverListener : IDisposable
{
    /// <summary>The successor's first word: give me what you listen on.</summary>
    public const byte Ask = 1;

    /// <summary>Its second one: I accept. The answer is the same.</summary>
    public const byte Took = 2;

    /// <summary>The successor has to read nothing between its two words, only to listen.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly Socket _listener;
    private readonly uint _account;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private TakeoverListener(Socket listener, uint account, TimeProvider time, ILogger logger) =>
        (_listener, _account, _time, _logger) = (listener, account, time, logger);

    /// <summary>Another process serves in the place of this one.</summary>
    public bool HasHandedOver { get; private set; }

    /// <summary>Null where nobody can be handed over to; a log line says why.</summary>
    public static TakeoverListener? Open(UnixDomainSocketEndPoint? address, uint account, TimeProvider time, ILogger logger)
    {
        if (address is null || !OperatingSystem.IsLinux())
        {
            return null;
        }

        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(address);
            listener.Listen(4);
            return new TakeoverListener(listener, account, time, logger);
        }
        catch (SocketException refused)
        {
            listener.Dispose();
            TakeoverLog.NotAvailable(logger, refused.Message);
            return null;
        }
    }

    /// <summary>Waits for a successor, and then serves its cancel requests. Ends with the token.</summary>
    public async Task RunAsync(ProxyServer server, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                using var channel = await _listener.AcceptAsync(ended);
                if (await TryHandOverAsync(channel, server, ended))
                {
                    await ServeCancelsAsync(channel, server, ended);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The process ends.
        }
        catch (SocketException lost)
        {
            TakeoverLog.NotAvailable(_logger, lost.Message);
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task<bool> TryHandOverAsync(Socket channel, ProxyServer server, CancellationToken ended)
    {
        var successor = SocketPassing.PeerOf(channel);
        using var deadline = new CancellationTokenSource(Bound, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ended);
        try
        {
            if (successor?.UserId != _account || await WordAsync(channel, either.Token) != Ask)
            {
                TakeoverLog.Refused(_logger, successor?.ProcessId ?? 0, successor?.UserId ?? 0);
                return false;
            }

            SocketPassing.Send(channel, server.ListeningSockets);
            if (await WordAsync(channel, either.Token) != Took)
            {
                TakeoverLog.Failed(_logger, successor.Value.ProcessId, "it ended before it listened");
                return false;
            }

            // The successor takes the name.
            HasHandedOver = true;
            _listener.Dispose();
            await server.HandOverAsync();
            TakeoverLog.HandedOver(_logger, successor.Value.ProcessId);
            await channel.SendAsync(new[] { Took }, SocketFlags.None, ended);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or TransportException
            || (failure is OperationCanceledException && !ended.IsCancellationRequested))
        {
            TakeoverLog.Failed(_logger, successor?.ProcessId ?? 0, failure.Message);
            return false;
        }
    }

    /// <summary>One request after the other, each answered by a byte when it has been passed on.</summary>
    private static async Task ServeCancelsAsync(Socket channel, ProxyServer server, CancellationToken ended)
    {
        var packet = new byte[StartupPacket.HeaderSize + sizeof(int) + CancelKey.LengthMax];
        while (await TryFillAsync(channel, packet.AsMemory(0, sizeof(int)), ended)
            && BinaryPrimitives.ReadInt32BigEndian(packet) is var length && length >= sizeof(int) && length <= packet.Length
            && await TryFillAsync(channel, packet.AsMemory(sizeof(int)..length), ended)
            && CancelRequest.Parse(packet.AsSpan(0, length)) is { } request)
        {
            await server.CancelAsync(request);
            await channel.SendAsync(new byte[1], SocketFlags.None, ended);
        }
    }

    private static async Task<byte> WordAsync(Socket channel, CancellationToken aborted)
    {
        var word = new byte[1];
        return await TryFillAsync(channel, word, aborted) ? word[0] : (byte)0;
    }

    private static async Task<bool> TryFillAsync(Socket channel, Memory<byte> target, CancellationToken aborted)
    {
        while (!target.IsEmpty)
        {
            var count = await channel.ReceiveAsync(target, SocketFlags.None, aborted);
            if (count == 0)
            {
                return false;
            }

            target = target[count..];
        }

        return true;
    }
}
