using Router.Postgres.Files;
using Router.Postgres.Options;
using Router.Postgres.Probing;
using Router.Postgres.Settings;
using Router.Postgres.Tools;

namespace Router.Postgres.Operations;

/// <summary>
/// Makes a new cluster. Until users and passwords are set the server listens on a unix socket in a directory that
/// nobody else can enter; only then is it started as configured. What fails leaves the directory incomplete.
/// </summary>
internal sealed class Bootstrap(
    LiveOptions options,
    InstanceFiles files,
    InstanceConfiguration configuration,
    DirectoryProbe directory,
    PostgresTools tools,
    ServerStart start,
    ServerStop stop,
    LocalSession session,
    TimeProvider time)
{
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan UserBound = TimeSpan.FromSeconds(60);
    private static readonly ToolOption[] DefaultOptions = [new("encoding", "UTF8"), new("data-checksums")];

    private readonly DirectoryFill _fill = new(options.Now.DataDirectory, time);

    public async Task<InstanceResult> RunAsync(CancellationToken aborted)
    {
        if (await FillableAsync(directory, options.Now, aborted) is { } reason)
        {
            return InstanceResult.Failed($"No new cluster: {reason}");
        }

        try
        {
            _fill.Begin(IncompleteKind.Bootstrap);
            var made = await InitDbAsync(aborted);
            if (!made.IsSuccess)
            {
                return InstanceResult.Failed($"No new cluster: {made.Failure}");
            }

            _fill.MoveUp();
            files.WriteFirstHba();
            configuration.Role = RoleSettings.Primary with { SynchronousNames = "" };
            _ = configuration.Write();
            var prepared = await PrepareAsync(aborted);
            if (!prepared.IsSuccess)
            {
                return prepared;
            }

            _fill.End();
            return await start.StartAsync(RoleSettings.Primary, aborted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return InstanceResult.Failed($"No new cluster: {e.Message}");
        }
    }

    /// <summary>Null where the directory may be filled; else why not. An incomplete rewind held data: not filled.</summary>
    public static async Task<string?> FillableAsync(
        DirectoryProbe directory, PostgresOptions options, CancellationToken aborted)
    {
        var sighting = (await directory.LookAsync(aborted)).Directory;
        return sighting.State switch
        {
            Cluster.Local.DataDirectoryState.Empty => null,
            Cluster.Local.DataDirectoryState.Unusable => sighting.Reason,
            Cluster.Local.DataDirectoryState.Valid => $"{options.DataDirectory} has data already.",
            Cluster.Local.DataDirectoryState.HalfRewound => $"{options.DataDirectory}: {sighting.Reason}.",
            _ => null,
        };
    }

    private async Task<ToolResult> InitDbAsync(CancellationToken aborted)
    {
        var chosen = options.Now.Bootstrap.InitDb.Count > 0 ? [.. options.Now.Bootstrap.InitDb] : DefaultOptions;
        var arguments = chosen.Select(option => option.ToString())
            .Append($"--pgdata={_fill.Target}")
            .Append($"--username={options.Now.Superuser.UserName}");
        if (!chosen.Any(option => option.Name.StartsWith("auth", StringComparison.Ordinal)))
        {
            arguments = [.. arguments, "--auth-local=peer", "--auth-host=scram-sha-256"];
        }

        var passwordPath = files.InData(".router-password");
        try
        {
            if (options.Now.Superuser.Password is { } password)
            {
                AtomicFile.Write(passwordPath, password + "\n");
                arguments = [.. arguments, $"--pwfile={passwordPath}"];
            }

            return await tools.RunAsync("initdb", arguments, aborted);
        }
        finally
        {
            File.Delete(passwordPath);
        }
    }

    private async Task<InstanceResult> PrepareAsync(CancellationToken aborted)
    {
        using var room = new PrivateRoom(options.Now);
        var started = await start.LaunchAsync(room.CommandLine(configuration.Settings), aborted);
        if (started.IsSuccess)
        {
            started = await CreateUsersAsync(room, aborted);
        }

        // Also when cancelled: a server in a private room must not stay behind.
        var stopped = await stop.StopAsync(
            started.IsSuccess ? StopMode.Fast : StopMode.Immediate, StopBound, CancellationToken.None);
        return started.IsSuccess ? stopped : started;
    }

    private async Task<InstanceResult> CreateUsersAsync(PrivateRoom room, CancellationToken aborted)
    {
        var users = await session.RunAsync(
            "No new cluster, its users could not be made",
            UserBound,
            async (connection, bounded) =>
            {
                foreach (var sql in UserStatements.For(options.Now))
                {
                    await LocalSession.ExecuteAsync(connection, sql, bounded);
                }

                return "The users were made.";
            },
            aborted);
        if (!users.IsSuccess || options.Now.Bootstrap.PostBootstrap is not { } command)
        {
            return users;
        }

        var result = await tools.RunCommandAsync(command, [room.ConnectionText()], passFile: null, aborted);
        return result.IsSuccess
            ? users
            : InstanceResult.Failed($"No new cluster: bootstrap.post_bootstrap failed, {result.Failure}");
    }
}
