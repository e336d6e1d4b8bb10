using System.Net.Sockets;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Transport;

namespace Router.Hosting.Takeover;

/// <summary>
/// The process that this one follows (<c>-R</c>): its listening sockets, and, as long as it has clients, a way to cancel
/// their requests.
/// </summary>
internal sealed class Predecessor : IDisposable
{
    /// <summary>For one step of the hand-over: both processes are of this machine.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);

    private readonly Socket _channel;

    /// <summary>Taken until the hand-over is done: a cancel request that comes early waits for that.</summary>
    private readonly SemaphoreSlim _turn = new(0, 1);

    private bool _isGone;

    private Predecessor(Socket channel, IReadOnlyList<Socket> sockets, int processId) =>
        (_channel, Sockets, ProcessId) = (channel, sockets, processId);

    /// <summary>What it listens on.</summary>
    public IReadOnlyList<Socket> Sockets { get; }

    public int ProcessId { get; }

    /// <summary>Null where nobody runs there.</summary>
    /// <exception cref="TransportException">Somebody does, and does not hand over; says why.</exception>
    public static Predecessor? Reach(UnixDomainSocketEndPoint? address, uint account)
    {
        if (address is null)
        {
            return null;
        }

        var channel = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)Bound.TotalMilliseconds,
            SendTimeout = (int)Bound.TotalMilliseconds,
        };
        try
        {
            channel.Connect(address);
            var owner = SocketPassing.PeerOf(channel);
            if (owner?.UserId != account)
            {
                throw new TransportException("the running process is another account's");
            }

            channel.Send([TakeoverListener.Ask]);
            return new Predecessor(channel, SocketPassing.Receive(channel), owner.Value.ProcessId);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            channel.Dispose();
            return null;
        }
        catch (Exception failure) when (failure is SocketException or TransportException)
        {
            channel.Dispose();
            throw new TransportException($"the running process does not hand over: {failure.Message}", failure);
        }
    }

    /// <summary>This process accepts; returns when the other one knows, and accepts no more.</summary>
    /// <exception cref="TransportException">It is gone, or goes on by itself.</exception>
    public void Confirm()
    {
        try
        {
            var word = new[] { TakeoverListener.Took };
            _channel.Send(word);
            if (_channel.Receive(word) == 0)
            {
                throw new TransportException("the running process did not hand over in the end");
            }

            _turn.Release();
        }
        catch (SocketException lost)
        {
            throw new TransportException($"the running process did not hand over in the end: {lost.Message}", lost);
        }
    }

    /// <summary>Has it pass on a cancel request; returns when it has. Nothing happens where it is gone.</summary>
    public async Task CancelAsync(CancelRequest request)
    {
        await _turn.WaitAsync();
        try
        {
            if (_isGone)
            {
                return;
            }

            var writer = new FrameWriter();
            request.Write(writer);
            await _channel.SendAsync(writer.Written, SocketFlags.None);
            _isGone = await _channel.ReceiveAsync(new byte[1], SocketFlags.None) == 0;
        }
        catch (SocketException)
        {
            _isGone = true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Completes when it has ended, or nobody waits for that any longer.</summary>
    public async Task WhenGoneAsync(TimeProvider time, CancellationToken given)
    {
        while (!given.IsCancellationRequested)
        {
            await _turn.WaitAsync(CancellationToken.None);
            _isGone |= _channel.Poll(0, SelectMode.SelectRead) && _channel.Available == 0;
            _turn.Release();
            if (_isGone)
            {
                return;
            }

            await Task.Delay(LookPeriod, time, given).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _channel.Dispose();
        _turn.Dispose();
    }
}
