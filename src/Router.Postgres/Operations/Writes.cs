using Router.Postgres.Files;
using Router.Postgres.Options;
using Router.Postgres.Settings;

namespace Router.Postgres.Operations;

/// <summary>
/// The first step of a hand-over: new transactions are read-only, and the sessions that began before are ended, so that
/// the candidate can catch up while the server still runs and everything can be taken back without a restart.
/// <para>
/// That a hand-over loses nothing does not rest on this (a session may set itself writable) but on what follows: a fast
/// stop sends all WAL, the shutdown checkpoint included, to the standbys before it ends, and the key is released only
/// when the candidate has received that checkpoint (rule S8).
/// </para>
/// </summary>
internal sealed class Writes(PostgresOptions options, InstanceConfiguration configuration, Reload reload, LocalSession session)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private const string EndOlder = """
        SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
           AND NOT (usename = $1 AND application_name = $2) AND backend_start <= $3::timestamptz
        """;

    public async Task<InstanceResult> StopAsync(CancellationToken aborted)
    {
        var set = Set(isReadOnly: true);
        return !set.IsSuccess ? set : await session.RunAsync(
            "Writes were not stopped",
            Bound,
            async (connection, bounded) =>
            {
                // The postmaster reads its files before it tells its children: later sessions begin read-only.
                await session.WaitForAsync(
                    connection, $"SELECT current_setting('{RoleSettings.ReadOnlyParameter}')", "on", bounded);
                var now = await LocalSession.QueryAsync(connection, "SELECT clock_timestamp()::text", bounded) ?? "";
                string[] arguments = [options.Superuser.UserName, $"Router {options.Name.Value}", now];
                while (await LocalSession.QueryAsync(connection, EndOlder, bounded, arguments) != "0")
                {
                    await session.PauseAsync(bounded);
                }

                return "Client sessions were ended; new ones are read-only.";
            },
            aborted);
    }

    public Task<InstanceResult> AllowAsync(CancellationToken aborted)
    {
        var set = Set(isReadOnly: false);
        return !set.IsSuccess ? Task.FromResult(set) : session.RunAsync(
            "Writes were not allowed again",
            Bound,
            async (connection, bounded) =>
            {
                await session.WaitForAsync(
                    connection, $"SELECT current_setting('{RoleSettings.ReadOnlyParameter}')", "off", bounded);
                return "Writes are allowed again.";
            },
            aborted);
    }

    private InstanceResult Set(bool isReadOnly)
    {
        configuration.Role = configuration.Role with { IsReadOnly = isReadOnly };
        return reload.WriteAndReload();
    }
}
