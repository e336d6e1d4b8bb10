using Microsoft.Extensions.Logging;
using Router.Agent.Observation;
using Router.Cluster;
using Router.Cluster.Local;
using Router.Dcs;
using Router.Dcs.Codecs;
using Router.Postgres;

namespace Router.Agent;

/// <summary>
/// Owner of the settings in force: those of the store's <c>config</c> key, the last known ones where it is gone or
/// unreadable, <c>bootstrap.dcs</c> before there was any. Hands a changed document to the instance.
/// </summary>
public sealed class Configurator(IPostgresInstance instance, LiveOptions options, ILogger<Configurator> logger)
{
    private (string Json, bool IsThere)? _applied;
    private ClusterConfig? _known = ConfigCodec.TryDecode(options.Now.BootstrapConfigJson, TtlFloor.RouterOnly);

    /// <summary>In force. Read by the renewal too.</summary>
    public HaSettings Settings
    {
        get
        {
            var local = options.Now;
            var shared = Volatile.Read(ref _known)?.Settings ?? HaSettings.Default;
            return shared with
            {
                UsePgRewind = local.UsePgRewind ?? shared.UsePgRewind,
                RemoveDataDirectoryOnDivergedTimelines =
                    local.RemoveDataDirectoryOnDivergedTimelines ?? shared.RemoveDataDirectoryOnDivergedTimelines,
            };
        }
    }

    /// <summary>The document in force.</summary>
    public string ConfigJson => Volatile.Read(ref _known)?.Json ?? options.Now.BootstrapConfigJson;

    /// <summary>Takes a new document over; the instance follows when nothing long runs on it.</summary>
    public async Task ApplyAsync(Observed observed, bool isInstanceBusy, CancellationToken aborted)
    {
        if (observed.View?.Config.Value is { } config && config != _known)
        {
            Volatile.Write(ref _known, config);
            foreach (var warning in config.Warnings)
            {
                AgentLog.ConfigWarning(logger, warning);
            }
        }

        // Told before there is a directory too: a bootstrap and the first start after a copy go by it.
        var isThere = observed.Local.Postgres.DataDirectory == DataDirectoryState.Valid;
        if (isInstanceBusy || (ConfigJson, isThere) == _applied)
        {
            return;
        }

        var result = await instance.ConfigureAsync(ConfigJson, aborted);
        if (result.IsSuccess)
        {
            _applied = (ConfigJson, isThere);
            AgentLog.Configured(logger, result.Reason);
        }
        else
        {
            AgentLog.NotConfigured(logger, result.Reason);
        }
    }

    /// <summary>The next cycle hands the document to the instance again (SIGHUP).</summary>
    public void Invalidate() => _applied = null;
}
