using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Peers;
using Router.Proxy.Tls;
using Router.Transport;

namespace Router.Proxy.Listening;

/// <summary>
/// Which session a cancel request is for, by the pid and key that its client was given: the backend's own where the client
/// has one for good, made up where it does not. An entry lives as long as its session. Requests are passed on, never
/// answered, and a bounded number at a time. A request whose key another process of the group has given out goes to that one.
/// </summary>
internal sealed class CancelRegistry(
    LiveOptions options, PeerDirectory peers, TlsHandshakes tls, TimeProvider time, ProxyCounters counters, ILogger logger)
{
    /// <summary>Two members may use the same pid, so a pid has a list.</summary>
    private readonly ConcurrentDictionary<int, Entry[]> _entries = new();

    private int _inFlight;
    private volatile Func<CancelRequest, Task>? _predecessor;

    /// <summary>Knows the keys that nobody here knows; null: there is no such process.</summary>
    public Func<CancelRequest, Task>? Predecessor
    {
        get => _predecessor;
        set => _predecessor = value;
    }

    /// <summary>Enters a session; disposing the result takes it out.</summary>
    public IDisposable Register(BackendKeyData key, ICancelTarget target)
    {
        var entry = new Entry(this, key, target);
        _entries.AddOrUpdate(key.ProcessId, [entry], (_, others) => [.. others, entry]);
        return entry;
    }

    /// <summary>Passes the request on; returns when the backend's server has taken it, or is not to be had.</summary>
    public async Task ForwardAsync(IEventLoop loop, CancelRequest request, CancellationToken aborted)
    {
        if (WayOf(loop, request, aborted) is not { } way)
        {
            counters.CancelUnknown();
            return;
        }

        if (Interlocked.Increment(ref _inFlight) > options.Now.CancelMaxInFlight)
        {
            Interlocked.Decrement(ref _inFlight);
            counters.CancelDropped();
            return;
        }

        try
        {
            await way();
        }
        catch (Exception failure) when (failure is TransportException or SocketException or OperationCanceledException)
        {
            ProxyLog.CancelFailed(logger, request.ProcessId, failure.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    /// <summary>How the request gets where it belongs; null where nobody knows its key, or it went far enough.</summary>
    private Func<Task>? WayOf(IEventLoop loop, CancelRequest request, CancellationToken aborted) =>
        Find(request) is { } target ? () => PassOnAsync(loop, target, aborted)
        : peers.Find(VirtualKey.PeerOf(request)) is { } peer
            ? VirtualKey.NextHop(request) is { } next ? () => PassOnAsync(loop, peer, next, aborted) : null
        : Predecessor is { } predecessor ? () => predecessor(request)
        : null;

    private async Task PassOnAsync(IEventLoop loop, PeerPool peer, CancelRequest request, CancellationToken aborted)
    {
        using var deadline = new CancellationTokenSource(options.Now.CancelWaitTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        await peer.SendAsync(until => SendToAnyAsync(loop, request, peer.Options.Address, until), either.Token);
        counters.CancelForwarded();
    }

    /// <summary>Sends it to the first address of a name that can be reached.</summary>
    private async Task SendToAnyAsync(IEventLoop loop, CancelRequest request, MemberAddress peer, CancellationToken until)
    {
        TransportException? unreached = null;
        foreach (var endPoint in await AddressLookup.ResolveAsync(peer, until))
        {
            try
            {
                await SendAsync(loop, request, new CancelAddress(endPoint, peer.Host, IsSecured: true), until);
                return;
            }
            catch (TransportException failure)
            {
                unreached = failure;
            }
        }

        throw unreached ?? new TransportException("the peer's name has no address");
    }

    private async Task PassOnAsync(IEventLoop loop, ICancelTarget target, CancellationToken aborted)
    {
        if (await target.AimAsync() is not { } aim)
        {
            return;
        }

        try
        {
            await SendAsync(loop, new CancelRequest(aim.Key.ProcessId, aim.Key.Key), aim.Address, aborted);
            counters.CancelForwarded();
        }
        finally
        {
            target.OnCancelEnded(aim);
        }
    }

    private ICancelTarget? Find(CancelRequest request)
    {
        ICancelTarget? found = null;
        var asGiven = options.Now.PeerId > 0 ? VirtualKey.AsGiven(request.Key) : request.Key;
        foreach (var entry in _entries.GetValueOrDefault(request.ProcessId, []))
        {
            if (entry.Key.Key.Matches(request.Key) | entry.Key.Key.Matches(asGiven))
            {
                found = entry.Target;
            }
        }

        return found;
    }

    /// <summary>Sends one cancel request; returns when the server has taken it.</summary>
    /// <exception cref="TransportException">The server is not to be had.</exception>
    /// <exception cref="OperationCanceledException">It took longer than cancel_wait_timeout.</exception>
    public async Task SendAsync(IEventLoop loop, CancelRequest request, CancelAddress backend, CancellationToken aborted)
    {
        using var deadline = new CancellationTokenSource(options.Now.CancelWaitTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        await using var connection = await loop.ConnectAsync(backend.EndPoint, either.Token);
        if (backend.IsSecured)
        {
            await tls.SecureServerAsync(connection, backend.Host, isPassedThrough: false, either.Token);
        }

        var writer = new FrameWriter(StartupPacket.HeaderSize + BackendKeyData.BodyMax);
        request.Write(writer);
        await connection.Output.WriteAsync(writer.Written, either.Token);

        // The server closes once the signal is sent: then the client may be sure of it, as without a proxy.
        try
        {
            var read = await connection.Input.ReadAsync(either.Token);
            connection.Input.AdvanceTo(read.Buffer.End);
        }
        catch (TransportException)
        {
            // PostgreSQL closes a secured connection without close_notify here.
        }
    }

    private void Remove(Entry entry)
    {
        while (_entries.TryGetValue(entry.Key.ProcessId, out var entries))
        {
            var rest = Array.FindAll(entries, other => other != entry);
            var isRemoved = rest.Length == 0
                ? _entries.TryRemove(KeyValuePair.Create(entry.Key.ProcessId, entries))
                : _entries.TryUpdate(entry.Key.ProcessId, rest, entries);
            if (isRemoved)
            {
                return;
            }
        }
    }

    private sealed class Entry(CancelRegistry registry, BackendKeyData key, ICancelTarget target) : IDisposable
    {
        public BackendKeyData Key => key;

        public ICancelTarget Target => target;

        public void Dispose() => registry.Remove(this);
    }
}
