using System.Net;

namespace Router.Transport.Linux;

/// <summary>One connect under way.</summary>
internal abstract class DescriptorConnect
{
    /// <summary>A unix socket whose backlog is full answers EAGAIN, and no event says when it is not.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(5);

    private readonly DescriptorLoop _loop;
    private readonly EndPoint _endPoint;
    private TaskCompletionSource? _settled;
    private bool _isGivenUp;

    protected DescriptorConnect(DescriptorLoop loop, EndPoint endPoint)
    {
        _loop = loop;
        _endPoint = endPoint;
    }

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

        Prepare(descriptor);
        var connection = _loop.Wrap(descriptor);
        _loop.Expect();
        _loop.Adopt(connection);
        return connection;
    }

    /// <summary>Asks the system to tell when the descriptor is connected or has failed: <see cref="Settle"/>.</summary>
    protected abstract void Watch(int descriptor);

    /// <summary>No more word of the descriptor, which may be closed now.</summary>
    protected abstract void Unwatch(int descriptor);

    /// <summary>Makes a connected descriptor, which does not block, as its loop wants it.</summary>
    protected virtual void Prepare(int descriptor)
    {
    }

    /// <summary>The system has decided.</summary>
    protected void Settle() => _settled?.TrySetResult();

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
        Watch(descriptor);
        try
        {
            await _settled.Task.WaitAsync(aborted);
        }
        finally
        {
            Unwatch(descriptor);
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
