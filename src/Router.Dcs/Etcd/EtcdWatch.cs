using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Mvccpb;
using Router.Cluster;

namespace Router.Dcs.Etcd;

/// <summary>
/// Follows the prefix: a snapshot at revision R, then the stream from R + 1. Whatever ends the stream, compaction
/// too, ends in a new snapshot, so nothing is ever missed.
/// </summary>
internal sealed class EtcdWatch(
    EtcdReader reader,
    EtcdEndpoints endpoints,
    EtcdAuthentication authentication,
    EtcdCaller caller,
    EtcdMessages messages,
    EtcdSettings settings,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan SilenceBoundMax = TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<DcsRead> FollowAsync([EnumeratorCancellation] CancellationToken aborted)
    {
        var silenceBound = settings.SilenceBound;
        var isInSight = true;
        while (true)
        {
            var (snapshot, failure) = await reader.ReadAsync(aborted);
            if (snapshot is null)
            {
                if (isInSight)
                {
                    isInSight = false;
                    DcsLog.SightLost(logger, settings.Prefix, failure!.Reason);
                    yield return new DcsRead.Unreachable(failure.Reason);
                }

                await Task.Delay(settings.RetryDelay, time, aborted);
                continue;
            }

            if (!isInSight)
            {
                isInSight = true;
                DcsLog.SightRegained(logger, settings.Prefix);
            }

            yield return new DcsRead.Seen(EtcdReader.ToView(snapshot));
            var endpoint = endpoints.Current;
            using var stream = await OpenAsync(endpoint, snapshot, silenceBound, aborted);
            if (stream is not null)
            {
                await foreach (var view in FollowStreamAsync(stream, snapshot, aborted))
                {
                    yield return new DcsRead.Seen(view);
                }

                silenceBound = NextSilenceBound(stream, silenceBound);
                DcsLog.WatchEnded(logger, settings.Prefix, stream.EndReason);
            }

            endpoints.RotateFrom(endpoint);
            if (endpoints.Count == 1)
            {
                await Task.Delay(settings.RetryDelay / 5, time, aborted);
            }
        }
    }

    private async Task<EtcdWatchStream?> OpenAsync(
        EtcdEndpoint endpoint, EtcdSnapshot snapshot, TimeSpan silenceBound, CancellationToken aborted)
    {
        Metadata metadata;
        try
        {
            metadata = await authentication.AuthorizeAsync(endpoint, caller.NextDeadline(), aborted);
        }
        catch (RpcException error)
        {
            aborted.ThrowIfCancellationRequested();
            var failure = EtcdFailure.From(error, endpoint);
            DcsLog.EndpointFailed(logger, failure.Reason);
            return null;
        }

        var stream = new EtcdWatchStream(endpoint, metadata, settings, silenceBound, time, aborted);
        _ = await stream.OpenAsync(messages, snapshot.Revision + 1, aborted);
        return stream;
    }

    private async IAsyncEnumerable<ClusterView> FollowStreamAsync(
        EtcdWatchStream stream, EtcdSnapshot snapshot, [EnumeratorCancellation] CancellationToken aborted)
    {
        if (stream.EndReason.Length > 0)
        {
            yield break;
        }

        var keys = snapshot.Keys.ToDictionary(key => key.Path, StringComparer.Ordinal);
        while (await stream.NextAsync(aborted) is { } events)
        {
            foreach (var change in events)
            {
                Apply(keys, change);
            }

            var revision = new Revision(events[^1].Kv.ModRevision);
            yield return ClusterCodec.Decode(keys.Values, revision, snapshot.Incarnation, snapshot.StoreId);
        }
    }

    private void Apply(Dictionary<string, RawKey> keys, Event change)
    {
        if (change.Type == Event.Types.EventType.Delete)
        {
            _ = keys.Remove(messages.PathOf(change.Kv.Key));
            return;
        }

        var key = messages.ToRawKey(change.Kv);
        keys[key.Path] = key;
    }

    /// <summary>
    /// Some releases of etcd never answer a progress request before the first event: there silence is no sign of
    /// death, and a watch that was mute from the start is given more time at its next try.
    /// </summary>
    private TimeSpan NextSilenceBound(EtcdWatchStream stream, TimeSpan bound)
    {
        if (!stream.WasSilent || stream.HasAnsweredProgress)
        {
            return settings.SilenceBound;
        }

        return bound * 2 < SilenceBoundMax ? bound * 2 : SilenceBoundMax;
    }
}
