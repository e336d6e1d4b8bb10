using System.Collections.Immutable;
using System.Globalization;
using Router.Configuration.PgBouncer.Settings;
using static Router.Configuration.PgBouncer.Settings.SettingTable;

namespace Router.Configuration.PgBouncer.Conversion;

/// <summary>The settings that a <c>router.yml</c> has too, in the order in which they are printed.</summary>
internal static class ConvertedSettings
{
    /// <summary>What belongs to addresses and sockets.</summary>
    public static readonly ImmutableArray<ConvertedSetting> Connections =
    [
        Number(Loops, 1, 256),
        Shown(SettingTable.Transport),
        Number(ListenBacklog, 1, 65_535),
        Flag(SoReuseport),
        Plain(UnixSocketMode, mode => "0" + Convert.ToString((int)mode, 8).PadLeft(3, '0')),
        Flag(TcpKeepalive),
        Time(TcpKeepidle),
        Time(TcpKeepintvl),
        Number(TcpKeepcnt, 0, 127),
        Time(TcpUserTimeout),
        Flag(TcpDeferAccept),
        Number(MaxClientConn, 1, 1_000_000),
        Time(ClientLoginTimeout),
        Time(ServerConnectTimeout),
        Time(CancelWaitTimeout),
        Number(PeerId, 0, 16_383),
        Plain(ProxyProtocol, mode => mode.ToString().ToLowerInvariant()),
        Names(ProxyProtocolNetworks),
    ];

    /// <summary>Modes, files and what is spoken.</summary>
    public static readonly ImmutableArray<ConvertedSetting> Tls =
    [
        Shown(ClientTlsSslmode), Shown(ClientTlsKeyFile), Shown(ClientTlsCertFile), Shown(ClientTlsCaFile),
        Shown(ClientTlsProtocols), Shown(ClientTlsCiphers), Shown(ClientTls13Ciphers), Shown(ClientTlsEcdhcurve),
        Shown(ClientTlsDheparams),
        Shown(ServerTlsSslmode), Shown(ServerTlsKeyFile), Shown(ServerTlsCertFile), Shown(ServerTlsCaFile),
        Shown(ServerTlsProtocols), Shown(ServerTlsCiphers), Shown(ServerTls13Ciphers),
    ];

    /// <summary>How clients are let in, where it is written.</summary>
    public static readonly ImmutableArray<Setting<string>> Authentication =
        [SettingTable.AuthFile, AuthHbaFile, AuthIdentFile, AuthLdapOptions, AuthUser, AuthQuery, AuthDbname];

    public static readonly ImmutableArray<ConvertedSetting> Pools =
    [
        Plain(PoolMode, mode => mode.ToString().ToLowerInvariant()),
        Number(DefaultPoolSize, 1, 100_000),
        Number(MinPoolSize, 0, 100_000),
        Number(ReservePoolSize, 0, 100_000),
        Time(ReservePoolTimeout),
        Number(MaxDbConnections, 0, 100_000),
        Number(MaxUserConnections, 0, 100_000),
        Time(QueryWaitTimeout),
        Time(ServerIdleTimeout),
        Time(ServerLifetime),
        Time(ServerLoginRetry),
        Flag(ServerRoundRobin),
        Plain(ServerResetQuery, YamlText.Quoted),
        Flag(ServerResetQueryAlways),
        Plain(ServerCheckQuery, query => YamlText.Quoted(query == "<empty>" ? ";" : query)),
        Time(ServerCheckDelay),
        Time(ClientIdleTimeout),
        Time(IdleTransactionTimeout),
        Time(QueryTimeout),
        Time(TransactionTimeout),
        Number(MaxPreparedStatements, 0, 100_000),
        Names(AdminUsers),
        Names(StatsUsers),
        new(StatsPeriod, StatsPeriod.Name, values => values.Of(StatsPeriod) is var time && time > TimeSpan.Zero
            ? (Yaml(time), null)
            : ("1s", "0 there; at least 1 s here")),
    ];

    /// <summary>As PgBouncer shows it.</summary>
    private static ConvertedSetting Shown(Setting setting) =>
        new(setting, setting.Name, values => (YamlText.Quoted(values.Show(setting) ?? ""), null));

    private static ConvertedSetting Plain<T>(Setting<T> setting, Func<T, string> toYaml)
        where T : notnull => new(setting, setting.Name, values => (toYaml(values.Of(setting)), null));

    private static ConvertedSetting Names(Setting<ImmutableArray<string>> setting) =>
        Plain(setting, names => $"[{string.Join(", ", names.Select(YamlText.Quoted))}]");

    private static ConvertedSetting Flag(Setting<bool> setting) => Plain(setting, flag => flag ? "on" : "off");

    private static ConvertedSetting Time(Setting<TimeSpan> setting) => Plain(setting, Yaml);

    private static ConvertedSetting Number(Setting<int> setting, int min, int max) => new(setting, setting.Name, values =>
    {
        var number = values.Of(setting);
        var near = Math.Clamp(number, min, max);
        return (near.ToString(CultureInfo.InvariantCulture),
            near == number ? null : $"{number} there; from {min} to {max} here");
    });

    /// <summary>The coarsest unit that loses nothing.</summary>
    private static string Yaml(TimeSpan time) => (time.Ticks % TimeSpan.TicksPerSecond, time.Ticks % TimeSpan.TicksPerMillisecond) switch
    {
        _ when time == TimeSpan.Zero => "0",
        (0, _) => string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / TimeSpan.TicksPerSecond}s"),
        (_, 0) => string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / TimeSpan.TicksPerMillisecond}ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / TimeSpan.TicksPerMicrosecond}us"),
    };
}
