using Router.Commands;
using Router.Configuration;
using Router.Configuration.PgBouncer.Settings;
using Router.Proxy.Manners;

namespace Router.Hosting.PgBouncer;

/// <summary>From a loaded configuration to a running pooler: its log, then its host.</summary>
internal static class PoolerRun
{
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> StartAsync(
        PoolerConfiguration configuration, Personality personality, PgBouncerArguments? arguments, TimeProvider time)
    {
        var settings = configuration.Ini.Settings;
        await using var sink = new LogSink(arguments?.IsQuiet == true ? null : Console.Error);
        var level = arguments?.Verbosity switch
        {
            null or 0 => PoolerHost.LevelOf(settings),
            1 => LogLevel.Debug,
            _ => LogLevel.Trace,
        };
        await using var log = ProcessLog.Start(
            new LogConfiguration
            {
                Level = level,
                Format = personality == Personality.PgBouncer ? LogFormat.PgBouncer : LogFormat.Plain,
            },
            sink,
            time);
        try
        {
            sink.Open(settings.Of(SettingTable.Logfile));
        }
        catch (IOException refused)
        {
            PoolerLog.Fatal(log.Loggers.CreateLogger("Router.Proxy"), refused.Message);
            return ExitCode.Failed;
        }

        return await new PoolerHost(configuration, personality, arguments?.IsReboot == true, sink, log, time)
            .RunAsync(SdNotify.FromProcess(time));
    }
}
