using System.Globalization;
using System.Runtime.InteropServices;
using Router.Dcs.Supervision;

namespace Router.Commands;

/// <summary><c>router dcs</c>: a store for those who have none, as a supervised etcd of one node.</summary>
internal sealed class DcsCommand : ICommand
{
    private const string DefaultListen = "127.0.0.1:2379";

    public string Name => "dcs";

    public string Summary => "run a single-node etcd as the cluster's store";

    public string Help => """
        Usage: router dcs --data-dir DIRECTORY [--listen HOST:PORT]

        Runs etcd as a child process, starts it again when it dies, and stops it on SIGTERM. Prints the client URL
        when it serves. One node: the data survives a restart, and while the node is down no leader can be elected.

          --data-dir DIRECTORY   where etcd keeps its data and its log (etcd.log); created if missing
          --listen HOST:PORT     where clients connect; 127.0.0.1:2379 if not given. The peer port is the next one,
                                 on the same address

        Example: router dcs --data-dir /var/lib/router/dcs --listen 127.0.0.1:2379

        """;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        var settings = Parse(arguments);
        using var stopping = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var logs = LoggerFactory.Create(builder =>
            builder.AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace));
        var child = new EtcdChild(settings, TimeProvider.System, logs.CreateLogger<EtcdChild>());
        try
        {
            await child.RunAsync(
                () => terminal.Out.WriteLine(settings.ClientUrl.GetLeftPart(UriPartial.Authority)), stopping.Token);
            return ExitCode.Ok;
        }
        catch (EtcdChildException wrong)
        {
            await terminal.Error.WriteLineAsync($"router dcs: {wrong.Message}");
            return ExitCode.Failed;
        }

        void Stop(PosixSignalContext context)
        {
            // Without this the runtime would end the process before etcd has stopped.
            context.Cancel = true;
            stopping.Cancel();
        }
    }

    internal static EtcdChildSettings Parse(IReadOnlyList<string> arguments)
    {
        string? dataDirectory = null;
        var listen = DefaultListen;
        for (var index = 0; index < arguments.Count; index += 2)
        {
            if (index + 1 == arguments.Count)
            {
                throw new UsageException($"'{arguments[index]}' wants a value or is not known");
            }

            switch (arguments[index])
            {
                case "--data-dir":
                    dataDirectory = arguments[index + 1];
                    break;
                case "--listen":
                    listen = arguments[index + 1];
                    break;
                default:
                    throw new UsageException($"there is no option '{arguments[index]}'");
            }
        }

        if (string.IsNullOrWhiteSpace(dataDirectory))
        {
            throw new UsageException("--data-dir is missing");
        }

        var (host, port) = ParseListen(listen);
        return new EtcdChildSettings
        {
            DataDirectory = Path.GetFullPath(dataDirectory),
            ClientUrl = Url(host, port),
            PeerUrl = Url(host, port + 1),
        };
    }

    private static (string Host, int Port) ParseListen(string listen)
    {
        var colon = listen.LastIndexOf(':');
        if (colon > 0
            && int.TryParse(listen[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and < 65535
            && Uri.CheckHostName(listen[..colon].Trim('[', ']')) != UriHostNameType.Unknown)
        {
            return (listen[..colon], port);
        }

        throw new UsageException($"--listen {listen}: write HOST:PORT with a port from 1 to 65534");
    }

    private static Uri Url(string host, int port) =>
        new(string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}"));
}
