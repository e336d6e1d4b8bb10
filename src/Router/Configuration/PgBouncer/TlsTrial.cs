using Router.Configuration.PgBouncer.Settings;
using Router.Proxy;
using Router.Proxy.Tls;
using Router.Transport;

namespace Router.Configuration.PgBouncer;

/// <summary>Tries the files of TLS of a <c>pgbouncer.ini</c>.</summary>
internal static class TlsTrial
{
    /// <summary>Reads the files as a start would, which refuses what cannot be used.</summary>
    public static void Report(PgBouncerConfiguration configuration, Findings findings)
    {
        var settings = configuration.Settings;
        Try(isClientLeg: true, TlsKeys.Client(settings), TlsContexts.ForClients);
        Try(isClientLeg: false, TlsKeys.Server(settings), TlsContexts.ForServers);

        void Try(bool isClientLeg, TlsOptions options, Func<TlsOptions, TlsContext?> make)
        {
            try
            {
                _ = make(options);
            }
            catch (TlsException refused)
            {
                Tell(FindingSeverity.Error, TlsContexts.KeyOf(refused.Part, isClientLeg), refused.Message);
            }

            // PgBouncer starts with such a file.
            if (options.Mode != TlsMode.Disable && options.KeyFile is { } file && KeyFileMode.Problem(file) is { } problem)
            {
                Tell(FindingSeverity.Warning, TlsContexts.KeyOf(TlsPart.KeyFile, isClientLeg), problem);
            }
        }

        void Tell(FindingSeverity severity, string key, string sentence)
        {
            var setting = SettingTable.All.First(setting => setting.Name == key);
            var at = (settings.Written(setting) ?? SettingTable.All.Select(settings.Written).First(static any => any is not null))!.At;
            findings.Add(severity, at, key, sentence);
        }
    }
}
