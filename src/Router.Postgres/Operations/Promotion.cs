using Router.Postgres.Files;
using Router.Postgres.Options;
using Router.Postgres.Settings;
using Router.Postgres.Tools;

namespace Router.Postgres.Operations;

/// <summary>Ends recovery and waits until the server is a primary.</summary>
internal sealed class Promotion(
    LiveOptions options,
    InstanceConfiguration configuration,
    Reload reload,
    PostgresTools tools,
    LocalSession session)
{
    public async Task<InstanceResult> RunAsync(CancellationToken aborted)
    {
        if (options.Now.PrePromote is { } command)
        {
            var before = await tools.RunCommandAsync(command, [], passFile: null, aborted);
            if (!before.IsSuccess)
            {
                return InstanceResult.Failed($"Not promoted: postgresql.pre_promote failed, {before.Failure}");
            }
        }

        var result = await session.RunAsync(
            "Not promoted",
            options.Now.StartTimeout,
            async (connection, bounded) =>
            {
                await LocalSession.ExecuteAsync(
                    connection, "SELECT pg_promote(wait => false) WHERE pg_is_in_recovery()", bounded);
                await session.WaitForAsync(connection, "SELECT pg_is_in_recovery()::text", "false", bounded);
                return "Promoted.";
            },
            aborted);
        if (!result.IsSuccess)
        {
            return result;
        }

        configuration.Role = RoleSettings.Primary with { SynchronousNames = configuration.Role.SynchronousNames };
        var written = reload.WriteAndReload();
        return written.IsSuccess ? result : InstanceResult.Done($"{result.Reason} {written.Reason}");
    }
}
