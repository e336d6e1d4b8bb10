using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Agent.Guarding;
using Router.Cluster.Guarding;
using Router.Postgres.Fencing;

// An agent that only leads: it arms the guard and feeds it until it is killed, stopped or asked to end. A process of
// its own, so that tests can do that to it. Arguments: data directory, socket directory, router executable, a file that
// takes the process id, ttl in seconds, "restart" or "service".
if (args is not [var dataDirectory, var socketDirectory, var router, var pids, var ttl, var manager])
{
    return 2;
}

var acquisition = new Acquisition(1, 0x51);
var span = TimeSpan.FromSeconds(double.Parse(ttl, CultureInfo.InvariantCulture));
var clock = new LinuxBootClock();
var command = manager == "restart" ? new AgentCommand("/", [.. GuardOptions.OwnProgram(), .. args]) : null;
var keeper = new GuardKeeper(
    new GuardOptions(dataDirectory, socketDirectory, [router]),
    command,
    clock,
    TimeProvider.System,
    NullLogger<GuardKeeper>.Instance);
using var stopping = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stopping.Cancel();
});
var watch = keeper.RunAsync(stopping.Token);
try
{
    while (await keeper.ArmAsync(clock.Now + span, acquisition, stopping.Token) != ArmOutcome.Armed)
    {
        await Task.Delay(20, stopping.Token);
    }

    File.AppendAllText(pids, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
    while (true)
    {
        await Task.Delay(100, stopping.Token);
        await keeper.FeedAsync(clock.Now + span, acquisition);
    }
}
catch (OperationCanceledException)
{
    await watch;
    return 0;
}
