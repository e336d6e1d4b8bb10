using Etcdserverpb;
using Grpc.Core;
using Mvccpb;

namespace Router.Dcs.Etcd;

/// <summary>
/// One watch of the prefix on one endpoint. It asks for progress as a sign of life only: on etcd 3.4 the answer may
/// name a revision whose events are not delivered yet.
/// </summary>
internal sealed class EtcdWatchStream : IDisposable
{
    private readonly AsyncDuplexStreamingCall<WatchRequest, WatchResponse> _call;
    private readonly EtcdEndpoint _endpoint;
    private readonly TimeProvider _time;
    private readonly TimeSpan _progressInterval;
    private readonly TimeSpan _silenceBound;
    private Task<bool>? _pending;

    public EtcdWatchStream(
        EtcdEndpoint endpoint, Metadata metadata, EtcdSettings settings, TimeSpan silenceBound, TimeProvider time,
        CancellationToken aborted)
    {
        // Without it a member that has lost its leader keeps the watch and says nothing.
        metadata.Add("hasleader", "true");
        _endpoint = endpoint;
        _time = time;
        _progressInterval = settings.ProgressInterval;
        _silenceBound = silenceBound;
        _call = endpoint.Watches.Watch(new CallOptions(metadata, cancellationToken: aborted));
    }

    /// <summary>Why the stream ended.</summary>
    public string EndReason { get; private set; } = "";

    /// <summary>Whether etcd has given any sign of life that was no event.</summary>
    public bool HasAnsweredProgress { get; private set; }

    public bool WasSilent { get; private set; }

    /// <summary>Asks for everything from a revision on; false where the stream ended instead.</summary>
    public async Task<bool> OpenAsync(EtcdMessages messages, long startRevision, CancellationToken aborted)
    {
        var request = new WatchRequest
        {
            CreateRequest = new WatchCreateRequest
            {
                Key = messages.PrefixBytes,
                RangeEnd = messages.PrefixEnd,
                StartRevision = startRevision,
            },
        };
        return await GuardAsync(async () =>
        {
            // Etcd may be stopped: the write itself has the silence bound too.
            await _call.RequestStream.WriteAsync(request, aborted).WaitAsync(_silenceBound, _time, aborted);
            return true;
        }, aborted);
    }

    /// <summary>The next events, in order; null where the stream ended.</summary>
    public async Task<IReadOnlyList<Event>?> NextAsync(CancellationToken aborted)
    {
        IReadOnlyList<Event>? events = null;
        _ = await GuardAsync(async () => (events = await ReceiveAsync(aborted)) is not null, aborted);
        return events;
    }

    public void Dispose()
    {
        _call.Dispose();
        _ = _pending?.Exception;
    }

    private async Task<IReadOnlyList<Event>?> ReceiveAsync(CancellationToken aborted)
    {
        var heardAt = _time.GetTimestamp();
        while (true)
        {
            _pending ??= _call.ResponseStream.MoveNext(CancellationToken.None);
            if (!await ArrivesWithinAsync(_pending, _progressInterval, aborted))
            {
                if (_time.GetElapsedTime(heardAt) >= _silenceBound)
                {
                    WasSilent = true;
                    EndReason = $"{_endpoint} was silent for {_silenceBound.TotalSeconds:0.#} s";
                    return null;
                }

                var request = new WatchRequest { ProgressRequest = new WatchProgressRequest() };
                await _call.RequestStream.WriteAsync(request, aborted).WaitAsync(_silenceBound, _time, aborted);
                continue;
            }

            var hasMore = await _pending;
            _pending = null;
            if (!hasMore)
            {
                EndReason = $"{_endpoint} closed the stream";
                return null;
            }

            var response = _call.ResponseStream.Current;
            if (response.Canceled)
            {
                EndReason = response.CompactRevision > 0
                    ? $"{_endpoint} has compacted the revision"
                    : $"{_endpoint}: {response.CancelReason}";
                return null;
            }

            heardAt = _time.GetTimestamp();
            HasAnsweredProgress |= !response.Created && response.Events.Count == 0;
            if (response.Events.Count > 0)
            {
                return response.Events;
            }
        }
    }

    private async Task<bool> ArrivesWithinAsync(Task task, TimeSpan bound, CancellationToken aborted)
    {
        if (task.IsCompleted)
        {
            return true;
        }

        using var waited = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var first = await Task.WhenAny(task, Task.Delay(bound, _time, waited.Token));
        await waited.CancelAsync();
        aborted.ThrowIfCancellationRequested();
        return first == task;
    }

    private async Task<bool> GuardAsync(Func<Task<bool>> step, CancellationToken aborted)
    {
        try
        {
            return await step();
        }
        catch (RpcException error)
        {
            aborted.ThrowIfCancellationRequested();
            EndReason = EtcdFailure.From(error, _endpoint).Reason;
            return false;
        }
        catch (Exception error) when (error is TimeoutException or InvalidOperationException or OperationCanceledException
            or IOException or HttpRequestException)
        {
            aborted.ThrowIfCancellationRequested();
            EndReason = $"{_endpoint}: {error.Message}";
            return false;
        }
    }
}
