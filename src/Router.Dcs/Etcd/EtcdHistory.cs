using Etcdserverpb;
using Microsoft.Extensions.Logging;

namespace Router.Dcs.Etcd;

/// <summary>
/// Tells whether etcd's history went back: restored from a backup, wiped, or another cluster behind the same address
/// (rule S9). Only linearizable answers are judged, each against what was known before its request was sent, so that
/// answers that overtake each other raise no alarm.
/// </summary>
internal sealed class EtcdHistory(string prefix, ILogger logger)
{
    private readonly Lock _lock = new();
    private EtcdPoint _last;

    public EtcdPoint Now
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <returns>The incarnation that the answer belongs to.</returns>
    public long Accept(EtcdPoint before, ResponseHeader header)
    {
        string? wentBack;
        long incarnation;
        lock (_lock)
        {
            var answer = new EtcdPoint(before.Incarnation, header.ClusterId, header.RaftTerm, header.Revision);
            wentBack = answer.WhyNotAfter(before);
            if (before.Incarnation != _last.Incarnation)
            {
                // Another answer has seen the new history already; this one may still belong to the old one.
                return wentBack is null ? before.Incarnation : _last.Incarnation;
            }

            _last = wentBack is null
                ? answer.OrLater(_last)
                : answer with { Incarnation = before.Incarnation + 1 };
            incarnation = _last.Incarnation;
        }

        if (wentBack is not null)
        {
            DcsLog.HistoryWentBack(logger, prefix, wentBack);
        }

        return incarnation;
    }
}
