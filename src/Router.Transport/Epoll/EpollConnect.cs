using System.Net;

namespace Router.Transport.Epoll;

/// <summary>One connect under way.</summary>
internal sealed class EpollConnect : IEpollTarget
{
    /// <summary>A unix socket whose backlog is full answers EAGAIN, and no event says when it is not.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(5);

    private readonly EpollLoop _loop;
    private readonly EndPoint _endPoint;
    private TaskCompletionSource? _settled;
    private bool _isGivenUp;

    public EpollConnect(EpollLoop loop, EndPoint endPoint)
    {
        _loop = loop;
        _endPoint = endPoint;
    }

    public void OnEvents(int events) => _settled?.TrySetResult();

    /// <summary>The loop ends.</summary>
    public void GiveUp()
    {
        _isGivenUp = true;
        _ = _settled?.TrySetResult();
    }

    public async ValueTask<IConnection> RunAsync(CancellationToken aborted)
    {
        if (aborted.IsCancellationRequested)
        {
            throw GivenUp(new OperationCanceledException(aborted));
        }

        var serialized = _endPoint.Serialize();
        var address = serialized.Buffer[..serialized.Size];
        var descriptor = Require(Native.OpenSocket(SocketAddresses.FamilyOf(address.Span)));
        try
        {
            await ConnectAsync(descriptor, address, aborted);
        }
        catch (Exception failure)
        {
            _ = Native.Close(descriptor);
            throw failure is OperationCanceledException ? GivenUp(failure) : failure;
        }

        if (_endPoint is IPEndPoint)
        {
            Native.TuneTcp(descriptor, _loop.Settings.Tcp);
        }

        var connection = _loop.Wrap(descriptor);
        _loop.Expect();
        _loop.Adopt(connection);
        return connection;
    }

    private async Task ConnectAsync(int descriptor, Memory<byte> address, CancellationToken aborted)
    {
        var answer = Native.Connect(descriptor, address.Span);
        while (answer == -Native.Again && !_isGivenUp)
        {
            await Task.Delay(RetryAfter, _loop.Time, aborted);
            answer = Native.Connect(descriptor, address.Span);
        }

        if (answer is not (-Native.InProgress or -Native.Intr))
        {
            _ = Require(answer);
            return;
        }

        _settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Register(descriptor, this, Native.EpollOut | Native.EpollEdge);
        try
        {
            await _settled.Task.WaitAsync(aborted);
        }
        finally
        {
            _loop.Unregister(descriptor);
        }

        if (_isGivenUp)
        {
            throw new OperationCanceledException("the loop ends");
        }

        _ = Require(Native.TakeError(descriptor));
    }

    private TransportException GivenUp(Exception cancelled) =>
        new($"cannot connect to {_endPoint}: given up before it was connected", cancelled);

    private int Require(int answer) =>
        answer >= 0 ? answer : throw new TransportException($"cannot connect to {_endPoint}: {Native.Describe(answer)}");
}
