using System.Globalization;

namespace Router.Integration.Tests.Bouncer;

/// <summary>Clients who are let in by PAM's modules, as root has set them up for a service.</summary>
[Trait("Category", "Integration")]
public sealed class PamStoryTests : IClassFixture<BouncerServer>, IDisposable
{
    private readonly BouncerServer _server;
    private readonly string _directory = Directory.CreateTempSubdirectory("pam-").FullName;
    private readonly string _service = $"router-test-{Guid.NewGuid():N}";
    private readonly List<string> _services = [];

    public PamStoryTests(BouncerServer server)
    {
        _server = server;
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_111_111);
    }

    [RootFact]
    public async Task Both_answer_alike_where_PAM_is_asked()
    {
        Serve("pgbouncer", Script("""[ "$PAM_USER" = "admin" ] && [ "$password" = "admin" ] || [ "$PAM_USER $password" = "app by pam" ]"""));
        using var theirs = await _server.StartPgBouncerAsync("auth_type = pam");
        using var ours = await _server.StartRouterAsync("auth_type = pam");
        foreach (var login in new[] { "app:by pam", "app:app", "nobody:x", "app" })
        {
            var (expected, answer) = (await theirs.PsqlAsync(login, "db2", "SELECT 1"), await ours.PsqlAsync(login, "db2", "SELECT 1"));
            Assert.Equal(
                (expected.ExitCode, expected.Output.Replace($"{theirs.Port}", "", StringComparison.Ordinal)),
                (answer.ExitCode, answer.Output.Replace($"{ours.Port}", "", StringComparison.Ordinal)));
            Assert.Contains(login == "app:by pam" ? "(1 row)" : "PAM authentication failed", answer.Output, StringComparison.Ordinal);
        }

        Assert.Contains("PAM does not let user app in: pam_authenticate: ", ours.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("by pam", ours.Log, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_line_names_its_service_and_the_modules_hear_who_comes_from_where()
    {
        _ = await _server.Postgres.ScalarAsync("SET password_encryption = 'scram-sha-256'; ALTER ROLE secret PASSWORD 'by pam'");
        Serve(_service, Script($"""echo "$PAM_USER@$PAM_RHOST by $PAM_SERVICE" >>{_directory}/asked; [ "$password" = "by pam" ]"""));
        Serve($"{_service}-expired", "pam_permit.so", "pam_deny.so");
        using var pooler = await StartAsync($"""
            host  pgbouncer admin  127.0.0.1/32 trust
            host  db1       all    127.0.0.1/32 pam pamservice={_service}
            local db1       all                 pam pamservice={_service}
            host  db2       all    127.0.0.1/32 pam pamservice={_service}-expired
            host  settings  all    127.0.0.1/32 pam pamservice={_service}-nothing
            """);

        // What PAM approved opens the server, which asks this user.
        Assert.Contains("(1 row)", (await pooler.PsqlAsync("secret:by pam", "db1", "SELECT 1")).Output, StringComparison.Ordinal);
        Assert.Contains("(1 row)", (await pooler.PsqlAsync("secret:by pam", "db1", "SELECT 1", host: pooler.Directory)).Output, StringComparison.Ordinal);
        Assert.Equal(
            $"secret@127.0.0.1 by {_service}\nsecret@ by {_service}\n", await File.ReadAllTextAsync(Path.Combine(_directory, "asked")));
        Assert.Contains("PAM authentication failed", (await pooler.PsqlAsync("app:x", "db2", "SELECT 1")).Output, StringComparison.Ordinal);
        Assert.Contains("PAM does not let user app in: pam_acct_mgmt: ", pooler.Log, StringComparison.Ordinal);
        Assert.Contains("PAM authentication failed", (await pooler.PsqlAsync("app:x", "settings", "SELECT 1")).Output, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Modules_that_take_their_time_hold_up_nobody_else()
    {
        Serve(_service, Script($"""while [ ! -e {_directory}/go ]; do sleep 0.1; done; [ "$password" = "by pam" ]"""));
        using var pooler = await StartAsync($"""
            host pgbouncer admin 127.0.0.1/32 trust
            host db2       stats 127.0.0.1/32 password
            host all       all   127.0.0.1/32 pam pamservice={_service}
            """);
        var storm = Enumerable.Range(0, 12).Select(_ => pooler.PsqlAsync("app:by pam", "db2", "SELECT 1")).ToList();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(0, (await pooler.PsqlAsync("stats:stats", "db2", "SELECT 1")).ExitCode);
        }

        Assert.All(storm, static login => Assert.False(login.IsCompleted));
        await File.WriteAllTextAsync(Path.Combine(_directory, "go"), "");
        Assert.All(await Task.WhenAll(storm), static login => Assert.Equal(0, login.ExitCode));
    }

    [RootFact]
    public async Task The_delay_that_modules_want_after_a_wrong_password_keeps_no_right_one_waiting()
    {
        Serve(_service, $"pam_faildelay.so delay=5000000\nauth required {Script("""[ "$password" = "by pam" ]""")}");
        using var pooler = await StartAsync($"""
            host pgbouncer admin 127.0.0.1/32 trust
            host all       all   127.0.0.1/32 pam pamservice={_service}
            """);
        var wrong = Enumerable.Range(0, 12).Select(_ => pooler.PsqlAsync("app:wrong", "db2", "SELECT 1")).ToList();
        await pooler.UntilAsync(
            () => Task.FromResult(pooler.Log.Split("login attempt: db=db2").Length > 12), "all have asked");
        Assert.Equal(0, (await pooler.PsqlAsync("app:by pam", "db2", "SELECT 1")).ExitCode);
        Assert.Contains(wrong, static login => !login.IsCompleted);
        Assert.All(await Task.WhenAll(wrong), static login =>
            Assert.Contains("PAM authentication failed", login.Output, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _services.ForEach(File.Delete);
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<PoolerProcess> StartAsync(string hba)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "hba"), hba);
        return await _server.StartRouterAsync($"auth_type = hba\nauth_hba_file = {_directory}/hba");
    }

    /// <summary>A module that runs these words of the shell, which know the password.</summary>
    private string Script(string words)
    {
        var file = Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"check-{_services.Count}"));
        File.WriteAllText(file, $"#!/bin/sh\npassword=$(tr -d '\\0')\n{words}\n");
        File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        return $"pam_exec.so quiet expose_authtok {file}";
    }

    private void Serve(string service, string auth, string account = "pam_permit.so")
    {
        var file = $"/etc/pam.d/{service}";
        Assert.False(File.Exists(file), $"{file} is somebody else's");
        _services.Add(file);
        File.WriteAllText(file, $"auth required {auth}\naccount required {account}\n");
    }
}
