using System.Collections.Frozen;
using Router.Configuration.PgBouncer.Settings;
using static Router.Configuration.PgBouncer.Settings.SettingTable;

namespace Router.Configuration.PgBouncer.Conversion;

/// <summary>Why a setting has no place in a <c>router.yml</c>.</summary>
internal static class UnconvertedSettings
{
    private static readonly FrozenDictionary<Setting, string> Reasons = new (string Reason, Setting[] Settings)[]
    {
        ("statistics are on the console, and metrics over HTTP; see http.listen", [LogStats]),
        ("the log goes to standard error, and the service manager puts it where it belongs",
            [Logfile, Syslog, SyslogFacility, SyslogIdent]),
        ("what is logged follows log.level", [LogConnections, LogDisconnections, LogPoolerErrors]),
        ("that is the service manager's", [Pidfile, User, JobName]),
        ("a reload reads the file of the command line", [Conffile]),
        ("a proof by SCRAM is checked with the iterations of the stored secret", [ScramIterations]),
        ("the members' addresses come from the store", [DnsMaxTtl, DnsNxdomainTtl, DnsZoneCheckPeriod, ResolvConf]),
        ("buffers are sized otherwise; see relay_held_max", [PktBuf, SbufLoopcnt, TcpSocketBuffer]),
        ("a message may be of any size", [MaxPacketSize]),
        ("unix sockets belong to the group of the process", [UnixSocketGroup]),
        ("clients are not limited by database or user yet", [MaxDbClientConnections, MaxUserClientConnections]),
        ("a startup parameter goes to the server, which takes it or refuses it", [IgnoreStartupParameters]),
        ("a fixed list of parameters follows a client: PgBouncer's own and IntervalStyle", [TrackExtraParameters]),
        ("the name goes to the server as it is", [ApplicationNameAddHost]),
        ("simple queries cannot be refused", [DisablePqexec]),
        ("a server connection is never closed under a client for the sake of a setting", [ServerFastClose]),
        ("notices are not sent", [LoginNotifyMessage, QueryWaitNotify]),
        ("a pool that nobody uses costs nothing, and goes by itself", [AutodbIdleTimeout, PoolIdleTimeout]),
        ("there is no SUSPEND", [SuspendTimeout]),
    }.SelectMany(row => row.Settings.Select(setting => (setting, row.Reason))).ToFrozenDictionary(
        pair => pair.setting, pair => pair.Reason);

    /// <summary>Null: it has a place.</summary>
    public static string? ReasonOf(Setting setting) => Reasons.GetValueOrDefault(setting);
}
