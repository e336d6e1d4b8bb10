using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Router.Proxy.Routing;
using Router.Proxy.Tls;
using Router.Transport;

namespace Router.Proxy.Backends;

/// <summary>
/// Opens a backend connection: resolves, connects, secures, sends the client's own StartupMessage byte for byte, and waits
/// until the member has begun to answer. A member that is starting up or shutting down, or a standby where a primary is
/// wanted, counts as unreachable, so that the client can still be sent elsewhere.
/// </summary>
internal sealed class BackendOpener(MemberLoads loads, TlsHandshakes tls, TimeProvider time)
{
    /// <param name="isPassedThrough">The client logs in there itself.</param>
    public async Task<BackendOpening> OpenAsync(
        IEventLoop loop,
        RouteDecision.Use route,
        ReadOnlyMemory<byte> startup,
        bool isPassedThrough,
        TimeSpan timeout,
        CancellationToken aborted)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        var failed = new BackendOpening.Failed("no address", IsStandby: false);
        try
        {
            foreach (var endPoint in await AddressLookup.ResolveAsync(route.Member.Address, either.Token))
            {
                var opening = await TryAsync(loop, endPoint, route, startup, isPassedThrough, either.Token);
                if (opening is BackendOpening.Opened)
                {
                    return opening;
                }

                failed = (BackendOpening.Failed)opening;
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException)
        {
            aborted.ThrowIfCancellationRequested();
            var reason = failure is SocketException ? failure.Message : $"no answer within {timeout.TotalSeconds:0.###} s";
            failed = new BackendOpening.Failed(reason, IsStandby: false);
        }

        loads.Failed(route.Member.Name);
        return failed with { Reason = $"{route.Member.Name} at {route.Member.Address}: {failed.Reason}" };
    }

    private async Task<BackendOpening> TryAsync(
        IEventLoop loop,
        EndPoint endPoint,
        RouteDecision.Use route,
        ReadOnlyMemory<byte> startup,
        bool isPassedThrough,
        CancellationToken aborted)
    {
        BackendConnection? backend = null;
        try
        {
            var connection = await loop.ConnectAsync(endPoint, aborted);
            backend = new BackendConnection(connection, endPoint, route.Member, route.Identity, loads);
            await tls.SecureServerAsync(connection, route.Member.Address.Host, isPassedThrough, aborted);
            await connection.Output.WriteAsync(startup, aborted);
            if (await ReadGreetingAsync(connection, wantsPrimary: route.Identity is not null, aborted) is { } judged)
            {
                return new BackendOpening.Failed(judged.Reason, judged.IsStandby);
            }

            var opened = new BackendOpening.Opened(backend);
            backend = null;
            return opened;
        }
        catch (TransportException failure)
        {
            aborted.ThrowIfCancellationRequested();
            return new BackendOpening.Failed(failure.Message, IsStandby: false);
        }
        finally
        {
            if (backend is not null)
            {
                await backend.DisposeAsync();
            }
        }
    }

    /// <summary>Reads as much of the greeting as must be judged; consumes none of it. Null where the client may have it.</summary>
    private static async Task<Judged?> ReadGreetingAsync(
        IConnection connection, bool wantsPrimary, CancellationToken aborted)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync(aborted);
            var start = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, Greeting.JudgedMax));
            var status = Greeting.Judge(
                start.IsSingleSegment ? start.FirstSpan : start.ToArray(), wantsPrimary, out var refusal);
            var needsMore = status == GreetingStatus.NeedMore && !read.IsCompleted;
            connection.Input.AdvanceTo(read.Buffer.Start, needsMore ? read.Buffer.End : read.Buffer.Start);
            if (!needsMore)
            {
                return status switch
                {
                    GreetingStatus.Answers => null,
                    GreetingStatus.Refused => new Judged(refusal!, IsStandby: false),
                    GreetingStatus.Standby => new Judged("the server is in recovery", IsStandby: true),
                    _ => new Judged("the server closed the connection without an answer", IsStandby: false),
                };
            }
        }
    }

    private readonly record struct Judged(string Reason, bool IsStandby);
}
