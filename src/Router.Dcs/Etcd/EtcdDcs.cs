using Etcdserverpb;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Router.Cluster;

namespace Router.Dcs.Etcd;

/// <summary>
/// etcd v3 over dotnet-etcd's stubs. Calls, watches, leases and failover are ours, because a watch must never die
/// silently and a write must never be repeated unasked.
/// </summary>
public sealed class EtcdDcs : IDcs
{
    private readonly EtcdAuthentication _authentication;
    private readonly EtcdEndpoints _endpoints;
    private readonly EtcdCaller _caller;
    private readonly EtcdMessages _messages;
    private readonly EtcdHistory _history;
    private readonly EtcdReader _reader;
    private readonly EtcdWatch _watch;

    public EtcdDcs(EtcdSettings settings, TimeProvider time, ILogger<EtcdDcs> logger)
    {
        var authentication = _authentication = new EtcdAuthentication(settings.Credentials);
        _endpoints = new EtcdEndpoints(settings, time);
        _caller = new EtcdCaller(_endpoints, authentication, settings, time, logger);
        _messages = new EtcdMessages(settings.Prefix);
        _history = new EtcdHistory(settings.Prefix, logger);
        _reader = new EtcdReader(_caller, _messages, _history);
        _watch = new EtcdWatch(_reader, _endpoints, authentication, _caller, _messages, settings, time, logger);
    }

    /// <summary>Other credentials from the next call on, or none; a watch that is open goes on. From any thread.</summary>
    public void Use(EtcdCredentials? credentials) => _authentication.Use(credentials);

    public async Task<DcsRead> ReadAsync(CancellationToken aborted)
    {
        var (snapshot, failure) = await _reader.ReadAsync(aborted);
        return snapshot is not null
            ? new DcsRead.Seen(EtcdReader.ToView(snapshot))
            : new DcsRead.Unreachable(failure!.Reason);
    }

    public IAsyncEnumerable<DcsRead> WatchAsync(CancellationToken aborted) => _watch.FollowAsync(aborted);

    public async Task<TimeSpan?> ReadLeaderLeaseAsync(LeaderLock held, CancellationToken aborted)
    {
        var request = new LeaseTimeToLiveRequest { ID = held.LeaseId, Keys = true };
        var (answer, _) = await _caller.RepeatableAsync(
            async (endpoint, options) => await endpoint.Leases.LeaseTimeToLiveAsync(request, options), aborted);
        return answer is { TTL: > 0 } && answer.Keys.Contains(_messages.KeyOf(DcsKey.Leader))
            ? TimeSpan.FromSeconds(answer.TTL)
            : null;
    }

    public async Task<LeaseAnswer> GrantLeaseAsync(TimeSpan ttl, CancellationToken aborted)
    {
        var request = new LeaseGrantRequest { TTL = (long)Math.Ceiling(ttl.TotalSeconds) };
        var (answer, failure) = await _caller.OnceAsync(
            async (endpoint, options) => await endpoint.Leases.LeaseGrantAsync(request, options), aborted);
        return answer is not null
            ? new LeaseAnswer(WriteOutcome.Ok, answer.ID, TimeSpan.FromSeconds(answer.TTL))
            : new LeaseAnswer(WriteOutcome.Unknown, 0, TimeSpan.Zero, failure!.Reason);
    }

    public async Task<LeaseAnswer> KeepAliveAsync(long leaseId, CancellationToken aborted)
    {
        // To renew twice does no harm, so another endpoint may be asked.
        var (answer, failure) = await _caller.RepeatableAsync(
            (endpoint, options) => KeepAliveAsync(endpoint, leaseId, options), aborted);
        return (answer, failure) switch
        {
            ({ TTL: > 0 }, _) => new LeaseAnswer(WriteOutcome.Ok, leaseId, TimeSpan.FromSeconds(answer.TTL)),
            (not null, _) or (_, { Kind: EtcdFailureKind.LeaseNotFound }) =>
                new LeaseAnswer(WriteOutcome.Conflict, leaseId, TimeSpan.Zero),
            _ => new LeaseAnswer(WriteOutcome.Unknown, leaseId, TimeSpan.Zero, failure!.Reason),
        };
    }

    public async Task<WriteOutcome> RevokeLeaseAsync(long leaseId, CancellationToken aborted)
    {
        var request = new LeaseRevokeRequest { ID = leaseId };
        var (_, failure) = await _caller.OnceAsync(
            async (endpoint, options) => await endpoint.Leases.LeaseRevokeAsync(request, options), aborted);
        return failure switch
        {
            null => WriteOutcome.Ok,
            { Kind: EtcdFailureKind.LeaseNotFound } => WriteOutcome.Conflict,
            _ => WriteOutcome.Unknown,
        };
    }

    public async Task<CommitAnswer> CommitAsync(DcsTransaction transaction, CancellationToken aborted)
    {
        var request = _messages.ToTxn(transaction);
        var before = _history.Now;
        var (answer, failure) = transaction.Mutations.Count == 0
            ? await _caller.RepeatableAsync(SendAsync, aborted)
            : await _caller.OnceAsync(SendAsync, aborted);
        if (answer is null)
        {
            return new CommitAnswer(
                failure!.Kind == EtcdFailureKind.LeaseNotFound ? WriteOutcome.Conflict : WriteOutcome.Unknown,
                Revision.Absent,
                failure.Reason);
        }

        _ = _history.Accept(before, answer.Header);
        return new CommitAnswer(
            answer.Succeeded ? WriteOutcome.Ok : WriteOutcome.Conflict, new Revision(answer.Header.Revision));

        async Task<TxnResponse> SendAsync(EtcdEndpoint endpoint, CallOptions options) =>
            await endpoint.Keys.TxnAsync(request, options);
    }

    public ValueTask DisposeAsync()
    {
        _endpoints.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<LeaseKeepAliveResponse> KeepAliveAsync(
        EtcdEndpoint endpoint, long leaseId, CallOptions options)
    {
        using var call = endpoint.Leases.LeaseKeepAlive(options);
        await call.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = leaseId });
        if (!await call.ResponseStream.MoveNext(options.CancellationToken))
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the lease's stream ended without an answer"));
        }

        return call.ResponseStream.Current;
    }
}
