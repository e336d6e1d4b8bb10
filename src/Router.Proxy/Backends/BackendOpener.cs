using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Router.Cluster;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Routing;
using Router.Transport;

namespace Router.Proxy.Backends;

/// <summary>
/// Opens a backend connection: resolves, connects, sends the client's own StartupMessage byte for byte, and waits until
/// the member has begun to answer. A member that is starting up or shutting down counts as unreachable, so that the
/// client can still be sent elsewhere.
/// </summary>
internal sealed class BackendOpener(MemberLoads loads, TimeProvider time)
{
    /// <summary>A first answer is an authentication request or a short error.</summary>
    private const int FirstErrorMax = 8 * 1024;

    public async Task<BackendOpening> OpenAsync(
        IEventLoop loop,
        RouteDecision.Use route,
        ReadOnlyMemory<byte> startup,
        TimeSpan timeout,
        CancellationToken aborted)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        var reason = "no address";
        try
        {
            foreach (var endPoint in await ResolveAsync(route.Member.Address, either.Token))
            {
                var opening = await TryAsync(loop, endPoint, route, startup, either.Token);
                if (opening is BackendOpening.Opened)
                {
                    return opening;
                }

                reason = ((BackendOpening.Failed)opening).Reason;
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException)
        {
            aborted.ThrowIfCancellationRequested();
            reason = failure is SocketException ? failure.Message : $"no answer within {timeout.TotalSeconds:0.###} s";
        }

        loads.Failed(route.Member.Name);
        return new BackendOpening.Failed($"{route.Member.Name} at {route.Member.Address}: {reason}");
    }

    private async Task<BackendOpening> TryAsync(
        IEventLoop loop,
        EndPoint endPoint,
        RouteDecision.Use route,
        ReadOnlyMemory<byte> startup,
        CancellationToken aborted)
    {
        BackendConnection? backend = null;
        try
        {
            var connection = await loop.ConnectAsync(endPoint, aborted);
            backend = new BackendConnection(connection, endPoint, route.Member, route.Identity, loads);
            await connection.Output.WriteAsync(startup, aborted);
            if (await ReadRefusalAsync(connection, aborted) is { } refusal)
            {
                return new BackendOpening.Failed(refusal);
            }

            var opened = new BackendOpening.Opened(backend);
            backend = null;
            return opened;
        }
        catch (TransportException failure)
        {
            aborted.ThrowIfCancellationRequested();
            return new BackendOpening.Failed(failure.Message);
        }
        finally
        {
            if (backend is not null)
            {
                await backend.DisposeAsync();
            }
        }
    }

    /// <summary>Null where the member answers the login; what it said instead where it takes no connections now.</summary>
    private static async Task<string?> ReadRefusalAsync(IConnection connection, CancellationToken aborted)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync(aborted);
            var status = TryReadRefusal(read.Buffer, out var refusal);
            var needsMore = status == ScanStatus.NeedMore && !read.IsCompleted;
            connection.Input.AdvanceTo(read.Buffer.Start, needsMore ? read.Buffer.End : read.Buffer.Start);
            if (!needsMore)
            {
                return status == ScanStatus.NeedMore ? "the server closed the connection without an answer" : refusal;
            }
        }
    }

    private static ScanStatus TryReadRefusal(ReadOnlySequence<byte> buffer, out string? refusal)
    {
        refusal = null;
        var start = buffer.Slice(0, Math.Min(buffer.Length, FirstErrorMax)).ToArray();
        if (start.Length == 0)
        {
            return ScanStatus.NeedMore;
        }

        if (start[0] != MessageType.ErrorResponse)
        {
            return ScanStatus.Taken;
        }

        var status = FrameHeader.TryRead(start, FrameSide.Backend, out var header);
        if (status != ScanStatus.Taken || header.TotalLength > FirstErrorMax)
        {
            return status;
        }

        if (start.Length < header.TotalLength)
        {
            return ScanStatus.NeedMore;
        }

        var error = ErrorResponse.Parse(start.AsSpan(FrameHeader.Size, header.BodyLength));
        refusal = error?.Code is SqlState.CannotConnectNow or SqlState.AdminShutdown or SqlState.CrashShutdown
            ? error.Message
            : null;
        return ScanStatus.Taken;
    }

    private static async Task<IReadOnlyList<EndPoint>> ResolveAsync(MemberAddress address, CancellationToken aborted)
    {
        if (IPAddress.TryParse(address.Host, out var literal))
        {
            return [new IPEndPoint(literal, address.Port)];
        }

        var found = await Dns.GetHostAddressesAsync(address.Host, aborted);
        return [.. found.Select(ip => new IPEndPoint(ip, address.Port))];
    }
}
