using Npgsql;
using Router.Cluster.Local;
using Router.Postgres.Files;
using Router.Postgres.Options;
using Router.Postgres.Probing;
using Router.Postgres.Processes;
using Router.Postgres.Settings;

namespace Router.Postgres.Operations;

/// <summary>Brings settings into effect on an instance that runs, or into its files where it does not.</summary>
internal sealed class Configure(
    LiveOptions options,
    InstanceConfiguration configuration,
    DirectoryProbe directory,
    Postmaster postmaster,
    Reload reload,
    LocalSession session)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    // Without the parameters that only a restart changes: the view calls those errors too.
    private const string Refused = """
        SELECT string_agg(DISTINCT name, ' ') FROM pg_file_settings f
         WHERE error IS NOT NULL AND name IS NOT NULL AND NOT applied
           AND NOT EXISTS (SELECT FROM pg_settings s WHERE lower(s.name) = lower(f.name) AND s.context = 'postmaster')
        """;

    /// <summary>The cluster's document; see <see cref="IPostgresInstance.ConfigureAsync"/>.</summary>
    public async Task<InstanceResult> ApplyAsync(string dynamicConfigJson, CancellationToken aborted)
    {
        if (!configuration.TryAccept(dynamicConfigJson))
        {
            return InstanceResult.Failed("The cluster's configuration is no JSON object; the former one stays in force.");
        }

        var sighting = (await directory.LookAsync(aborted)).Directory;
        var warnings = string.Join(' ', configuration.Settings.Warnings);
        if (sighting.State != DataDirectoryState.Valid)
        {
            return InstanceResult.Done($"The configuration is kept for the first start. {warnings}".TrimEnd());
        }

        var written = Write(dynamicConfigJson);
        if (!written.IsSuccess || postmaster.Find() is not { File.IsReady: true })
        {
            return written.IsSuccess ? InstanceResult.Done($"{written.Reason} {warnings}".TrimEnd()) : written;
        }

        var refused = await DropRefusedAsync(aborted);
        return InstanceResult.Done($"{written.Reason} {warnings} {refused}".TrimEnd());
    }

    /// <summary>Points a running standby elsewhere; PostgreSQL 13 and later do that on a reload.</summary>
    public async Task<InstanceResult> FollowAsync(FollowTarget? target, CancellationToken aborted)
    {
        var role = new RoleSettings(IsStandby: true, target) { SynchronousNames = configuration.Role.SynchronousNames };
        configuration.Role = role;
        var now = options.Now;
        var connection = target is null ? "" : ConnectionText.Write(
            target.Address, now.Replication, InstanceFiles.PassFileOf(now), now.Database, now.Name.Value);
        var result = await SetAsync("primary_conninfo", connection, aborted);
        return result.IsSuccess
            ? InstanceResult.Done(target is null ? "Follows nobody." : $"Follows {target.Member} at {target.Address}.")
            : result;
    }

    public async Task<InstanceResult> SetSynchronousNamesAsync(string value, CancellationToken aborted)
    {
        configuration.Role = configuration.Role with { SynchronousNames = value };
        return await SetAsync("synchronous_standby_names", value, aborted);
    }

    private InstanceResult Write(string dynamicConfigJson)
    {
        try
        {
            configuration.Cache(dynamicConfigJson);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return InstanceResult.Failed($"The configuration was not written: {e.Message}");
        }

        return reload.WriteAndReload();
    }

    /// <summary>Writes, reloads, and waits until a session sees the value.</summary>
    private async Task<InstanceResult> SetAsync(string name, string value, CancellationToken aborted)
    {
        var written = reload.WriteAndReload();
        return !written.IsSuccess ? written : await session.RunAsync(
            $"{name} was written and is not in effect",
            Bound,
            async (connection, bounded) =>
            {
                await session.WaitForAsync(connection, $"SELECT current_setting('{name}')", value, bounded);
                return $"{name} is {ConfText.Quote(value)}.";
            },
            aborted);
    }

    /// <summary>
    /// A parameter that this version does not know would keep the server from starting next time: it is taken out.
    /// </summary>
    private async Task<string> DropRefusedAsync(CancellationToken aborted)
    {
        var names = await session.RunAsync("The file was not checked", Bound, AskRefusedAsync, aborted);
        if (!names.IsSuccess || names.Reason.Length == 0)
        {
            return names.IsSuccess ? "" : names.Reason;
        }

        configuration.Refuse(names.Reason.Split(' ').ToHashSet(StringComparer.OrdinalIgnoreCase));
        _ = reload.WriteAndReload();
        return $"PostgreSQL does not take these parameters or their values, they are left out: {names.Reason}.";
    }

    private static async Task<string> AskRefusedAsync(NpgsqlConnection connection, CancellationToken aborted) =>
        await LocalSession.QueryAsync(connection, Refused, aborted) ?? "";
}
