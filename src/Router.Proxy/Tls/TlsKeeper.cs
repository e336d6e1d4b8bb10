using Microsoft.Extensions.Logging;
using Router.Transport;

namespace Router.Proxy.Tls;

/// <summary>
/// Owner of the legs in force. Other options, or other files under the same names, are other legs from then on; what
/// cannot be used changes nothing and is told. No connection notices either.
/// </summary>
/// <exception cref="TlsException">The first options cannot be used.</exception>
internal sealed class TlsKeeper(ProxyOptions first, TimeProvider time, ILogger logger)
{
    /// <summary>How often it is looked whether files have changed.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile TlsLegs _now = TlsLegs.Make(first.ClientTls, first.ServerTls);

    /// <summary>One volatile read.</summary>
    public TlsLegs Now => _now;

    /// <summary>Reads the files anew, too. From any thread but a loop's.</summary>
    public void Use(ProxyOptions options) => TryUse(options.ClientTls, options.ServerTls);

    /// <summary>Looks for changed files until it is ended.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        var (seen, refused) = (_now.Stamp, _now.Stamp);
        while (true)
        {
            await Task.Delay(LookPeriod, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
            {
                return;
            }

            var legs = _now;
            var stamp = TlsStamp.Of(legs.Client, legs.Server);

            // Certificate and key are not written at one moment: they are read once they rest.
            var rests = stamp == seen;
            seen = stamp;
            if (rests && stamp != legs.Stamp && stamp != refused)
            {
                refused = TryUse(legs.Client, legs.Server) ? refused : stamp;
            }
        }
    }

    private bool TryUse(TlsOptions client, TlsOptions server)
    {
        lock (_lock)
        {
            var before = _now;
            try
            {
                _now = TlsLegs.Make(client, server);
            }
            catch (TlsException refused)
            {
                TlsLog.Refused(logger, refused.Message);
                return false;
            }

            if (before.Stamp != _now.Stamp)
            {
                TlsLog.FilesRead(logger);
            }

            return true;
        }
    }
}
