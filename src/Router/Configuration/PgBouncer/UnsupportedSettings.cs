using System.Collections.Frozen;
using Router.Configuration.PgBouncer.Settings;
using static Router.Configuration.PgBouncer.Settings.SettingTable;

namespace Router.Configuration.PgBouncer;

/// <summary>
/// Settings that are read and mean nothing here, or something else: each is told once, at start and at a reload, where the
/// file sets it to another value than the default. What would let in whom PgBouncer keeps out is an error.
/// </summary>
internal static class UnsupportedSettings
{
    private static readonly FrozenDictionary<Setting, string> Reasons = new (string Reason, Setting[] Settings)[]
    {
        ("the log goes to logfile and standard error", [Syslog, SyslogFacility, SyslogIdent]),
        ("there is no service of Windows", [JobName]),
        ("a reload reads the file of the command line", [Conffile]),
        ("a proof by SCRAM is checked with the iterations of the stored secret, else 4096", [ScramIterations]),
        ("the system's resolver is asked each time a connection is opened, and keeps what it finds as it likes",
            [DnsMaxTtl, DnsNxdomainTtl, DnsZoneCheckPeriod, ResolvConf]),
        ("buffers are sized by the proxy itself", [PktBuf, SbufLoopcnt, TcpSocketBuffer]),
        ("a message may be of any size", [MaxPacketSize]),
        ("a fixed list of parameters follows a client: PgBouncer's own and IntervalStyle", [TrackExtraParameters]),
        ("a server connection is never closed under a client for the sake of a setting", [ServerFastClose]),
        ("SUSPEND waits for nothing", [SuspendTimeout]),
    }.SelectMany(row => row.Settings.Select(setting => (setting, row.Reason))).ToFrozenDictionary(
        pair => pair.setting, pair => pair.Reason);

    public static void Report(PgBouncerConfiguration configuration, Findings findings)
    {
        var settings = configuration.Settings;
        foreach (var setting in SettingTable.All)
        {
            if (Reasons.TryGetValue(setting, out var reason) && settings.Written(setting) is { } written
                && settings.Show(setting) != setting.ShowDefault())
            {
                findings.Warning(written.At, setting.Name, $"is not in force: {reason}");
            }
        }

        Refuse(DisablePqexec, settings.Of(DisablePqexec), "simple queries cannot be refused; set it to 0");
        if (configuration.Peers.Length > 0 && settings.Of(PeerId) == 0)
        {
            findings.Warning(configuration.Peers[0].At, "peers", "are not in force: peer_id does not say which of them this is");
        }

        void Refuse(Setting setting, bool isRefused, string sentence)
        {
            if (isRefused && settings.Written(setting) is { } written)
            {
                findings.Error(written.At, setting.Name, sentence);
            }
        }
    }
}
