using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Router.Dcs.Etcd;

/// <summary>
/// Makes one call with a deadline. What may be repeated goes on to the next endpoint; a write does so only while it is
/// certain that nothing of it was sent.
/// </summary>
internal sealed class EtcdCaller(
    EtcdEndpoints endpoints, EtcdAuthentication authentication, EtcdSettings settings, TimeProvider time, ILogger logger)
{
    public DateTime NextDeadline() => (time.GetUtcNow() + settings.CallDeadline).UtcDateTime;

    public Task<EtcdReply<T>> RepeatableAsync<T>(
        Func<EtcdEndpoint, CallOptions, Task<T>> send, CancellationToken aborted)
        where T : class => CallAsync(send, isRepeatable: true, aborted);

    public Task<EtcdReply<T>> OnceAsync<T>(Func<EtcdEndpoint, CallOptions, Task<T>> send, CancellationToken aborted)
        where T : class => CallAsync(send, isRepeatable: false, aborted);

    private async Task<EtcdReply<T>> CallAsync<T>(
        Func<EtcdEndpoint, CallOptions, Task<T>> send, bool isRepeatable, CancellationToken aborted)
        where T : class
    {
        // One more for a token that has expired.
        var triesLeft = endpoints.Count + (authentication.HasCredentials ? 1 : 0);
        while (true)
        {
            var endpoint = endpoints.Current;
            var (answer, failure) = await TryAsync(endpoint, send, aborted);
            if (failure is null)
            {
                return new EtcdReply<T>(answer, null);
            }

            if (--triesLeft == 0 || !MayGoOn(failure.Kind, isRepeatable))
            {
                MoveOn(endpoint, failure);
                return new EtcdReply<T>(null, failure);
            }

            MoveOn(endpoint, failure);
        }
    }

    private async Task<EtcdReply<T>> TryAsync<T>(
        EtcdEndpoint endpoint, Func<EtcdEndpoint, CallOptions, Task<T>> send, CancellationToken aborted)
        where T : class
    {
        try
        {
            var metadata = await authentication.AuthorizeAsync(endpoint, NextDeadline(), aborted);
            var options = new CallOptions(metadata, NextDeadline(), aborted);
            return new EtcdReply<T>(await send(endpoint, options), null);
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException)
        {
            // A deadline can look like a cancellation and the other way round: the caller's own token decides.
            aborted.ThrowIfCancellationRequested();
            return new EtcdReply<T>(null, error is RpcException rpc
                ? EtcdFailure.From(rpc, endpoint)
                : new EtcdFailure(EtcdFailureKind.MaybeSent, $"{endpoint}: no answer within {settings.CallDeadline.TotalSeconds:0.###} s"));
        }
    }

    private bool MayGoOn(EtcdFailureKind kind, bool isRepeatable) => kind switch
    {
        EtcdFailureKind.NotSent => true,
        EtcdFailureKind.MaybeSent => isRepeatable,
        EtcdFailureKind.Unauthenticated => authentication.HasCredentials,
        _ => false,
    };

    private void MoveOn(EtcdEndpoint endpoint, EtcdFailure failure)
    {
        switch (failure.Kind)
        {
            case EtcdFailureKind.Unauthenticated:
                authentication.Forget();
                break;
            case EtcdFailureKind.NotSent or EtcdFailureKind.MaybeSent:
                DcsLog.EndpointFailed(logger, failure.Reason);
                endpoints.RotateFrom(endpoint);
                break;
        }
    }
}
