using System.Globalization;
using Router.Postgres.Options;
using Router.Postgres.Processes;
using Router.Postgres.Tools;

namespace Router.Postgres.Operations;

/// <summary>Stops the server by its own ways; see <c>InstanceFence</c> for the other.</summary>
internal sealed class ServerStop(LiveOptions options, Postmaster postmaster, PostgresTools tools)
{
    public async Task<InstanceResult> StopAsync(StopMode mode, TimeSpan bound, CancellationToken aborted)
    {
        if (postmaster.Find() is not { } process)
        {
            return postmaster.HasOrphans()
                ? InstanceResult.Failed("The postmaster is gone, processes of it are not yet: fence them.")
                : InstanceResult.Done("PostgreSQL was not running.");
        }

        if (mode == StopMode.Fast && options.Now.BeforeStop is { } command)
        {
            _ = await tools.RunCommandAsync(command, [], passFile: null, aborted);
        }

        Postmaster.Signal(process, mode == StopMode.Fast ? Libc.SigInterrupt : Libc.SigQuit);
        try
        {
            return await postmaster.WaitForExitAsync(process, bound, aborted)
                ? InstanceResult.Done("PostgreSQL stopped.")
                : InstanceResult.Failed(string.Create(
                    CultureInfo.InvariantCulture, $"PostgreSQL did not stop within {bound.TotalSeconds} s; it is asked to."));
        }
        catch (OperationCanceledException)
        {
            return InstanceResult.Failed("The wait for PostgreSQL to stop was cancelled; it is asked to.");
        }
    }
}
