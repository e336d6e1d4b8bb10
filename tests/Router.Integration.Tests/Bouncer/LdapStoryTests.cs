namespace Router.Integration.Tests.Bouncer;

/// <summary>Clients who are let in by a real directory, and who open servers with the password that it approved.</summary>
[Trait("Category", "Integration")]
public sealed class LdapStoryTests(BouncerServer server) : IClassFixture<BouncerServer>
{
    private const string Password = "from the directory";

    [Fact]
    public async Task A_user_is_bound_as_or_searched_for_in_clear_and_by_TLS()
    {
        using var slapd = await ScratchSlapd.StartAsync();
        var people = $"ou=people,{ScratchSlapd.BaseDn}";
        var simple = $"ldapserver=127.0.0.1 ldapport={slapd.Port} ldapprefix=\"uid=\" ldapsuffix=\",{people}\"";
        var search = $"ldapserver=127.0.0.1 ldapport={slapd.Port} ldapbasedn=\"{people}\" ldapbinddn=\"cn=searcher,{ScratchSlapd.BaseDn}\""
            + " ldapbindpasswd=looking";
        await WriteHbaAsync(slapd, $"""
            host pgbouncer admin 127.0.0.1/32 trust
            host db2      all all ldap {simple}
            host settings all all ldap {search}
            host db1      all all ldap {search} ldapsearchfilter="(|(mail=$username@example.com)(cn=$username))"
            host "tls"    all all ldap {simple} ldaptls=1
            host "ldaps"  all all ldap {simple.Replace($"{slapd.Port}", $"{slapd.SecurePort}", StringComparison.Ordinal)} ldapscheme=ldaps
            host "url"    all all ldap ldapurl="ldap://127.0.0.1:{slapd.Port}/{people}?uid?one" ldapbinddn="cn=searcher,{ScratchSlapd.BaseDn}" ldapbindpasswd=looking
            host "nobody" all all ldap {search.Replace("looking", "wrong", StringComparison.Ordinal)}
            """);
        using var pooler = await StartAsync(slapd, trusts: true);
        foreach (var (login, database, words) in new[]
        {
            ($"app:{Password}", "db2", "(1 row)"), ("app:wrong", "db2", "LDAP authentication failed"),
            ("nobody:x", "db2", "LDAP authentication failed"),
            ($"app,ou=people:{Password}", "db2", "LDAP authentication failed"),
            ($"app:{Password}", "settings", "(1 row)"), ("app:wrong", "settings", "LDAP authentication failed"),
            ($"*:{Password}", "settings", "LDAP authentication failed"), ($"a*:{Password}", "settings", "LDAP authentication failed"),
            ($"app)(uid=*:{Password}", "settings", "LDAP authentication failed"),
            ($"app:{Password}", "db1", "(1 row)"), ("twins:stats", "db1", "LDAP authentication failed"),
            ($"x)(uid=app:{Password}", "db1", "LDAP authentication failed"),
            ($"app:{Password}", "tls", "(1 row)"), ($"app:{Password}", "ldaps", "(1 row)"), ($"app:{Password}", "url", "(1 row)"),
            ($"app:{Password}", "nobody", "LDAP authentication failed"),
        })
        {
            var (_, output) = await pooler.PsqlAsync(login, database, "SELECT 1");
            Assert.True(output.Contains(words, StringComparison.Ordinal), $"{login} to {database}: {output}\n{pooler.Log}");
        }

        Assert.Contains("more than one found", pooler.Log, StringComparison.Ordinal);
        Assert.Contains($"bind as ldapbinddn \"cn=searcher,{ScratchSlapd.BaseDn}\": result 49", pooler.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, pooler.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("looking", pooler.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_whose_certificate_nobody_vouches_for_is_told_no_password()
    {
        using var slapd = await ScratchSlapd.StartAsync();
        await WriteHbaAsync(slapd, $"""
            host pgbouncer admin 127.0.0.1/32 trust
            host all all all ldap ldapserver=127.0.0.1 ldapport={slapd.Port} ldaptls=1 ldapprefix="uid=" ldapsuffix=",ou=people,{ScratchSlapd.BaseDn}"
            """);
        using var pooler = await StartAsync(slapd, trusts: false);
        Assert.Contains("LDAP authentication failed", (await pooler.PsqlAsync($"app:{Password}", "db2", "SELECT 1")).Output, StringComparison.Ordinal);
        Assert.Contains("LDAP gave no answer about user app: TLS with 127.0.0.1 failed", pooler.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_that_the_directory_approved_opens_the_server()
    {
        using var slapd = await ScratchSlapd.StartAsync();
        _ = await server.Postgres.ScalarAsync($"SET password_encryption = 'scram-sha-256'; ALTER ROLE secret PASSWORD '{Password}'");
        var options = $"ldapserver=127.0.0.1 ldapport={slapd.Port} ldapbasedn=\"ou=people,{ScratchSlapd.BaseDn}\" "
            + $"ldapbinddn=\"cn=searcher,{ScratchSlapd.BaseDn}\" ldapbindpasswd=looking";
        using var pooler = await PoolerProcess.StartAsync(
            [.. RouterCommand.Router, "pgbouncer"], server.Databases, "", $"auth_type = ldap\nauth_ldap_options = {options}");
        var (_, output) = await pooler.PsqlAsync($"secret:{Password}", "db1", "SELECT current_user");
        Assert.Equal("current_user\nsecret\n(1 row)\n", output);
        Assert.Contains("auth_ldap_options|***|", await pooler.ShowAsync("SHOW CONFIG"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_does_not_answer_holds_up_nobody_else()
    {
        using var slapd = await ScratchSlapd.StartAsync();
        await WriteHbaAsync(slapd, $"""
            host pgbouncer admin 127.0.0.1/32 trust
            host db2 stats all password
            host all all all ldap ldapserver=127.0.0.1 ldapport={slapd.Port} ldapprefix="uid=" ldapsuffix=",ou=people,{ScratchSlapd.BaseDn}"
            """);
        using var pooler = await StartAsync(slapd, trusts: false);
        Assert.Equal(0, (await pooler.PsqlAsync($"app:{Password}", "db2", "SELECT 1")).ExitCode);
        slapd.Freeze();
        var storm = Enumerable.Range(0, 40).Select(_ => pooler.PsqlAsync($"app:{Password}", "db2", "SELECT 1")).ToList();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(0, (await pooler.PsqlAsync("stats:stats", "db2", "SELECT 1")).ExitCode);
        }

        Assert.Contains(storm, static login => !login.IsCompleted);
        foreach (var (_, output) in await Task.WhenAll(storm))
        {
            Assert.Contains("LDAP authentication failed", output, StringComparison.Ordinal);
        }

        slapd.Thaw();
        Assert.Equal(0, (await pooler.PsqlAsync($"app:{Password}", "db2", "SELECT 1")).ExitCode);
    }

    private static Task WriteHbaAsync(ScratchSlapd slapd, string text) =>
        File.WriteAllTextAsync(slapd.Certificates.Path("hba"), text);

    /// <param name="trusts">The directory's authority.</param>
    private Task<PoolerProcess> StartAsync(ScratchSlapd slapd, bool trusts) => PoolerProcess.StartAsync(
        trusts
            ? ["env", $"SSL_CERT_FILE={slapd.Certificates.CaFile}", .. RouterCommand.Router, "pgbouncer"]
            : [.. RouterCommand.Router, "pgbouncer"],
        $"{server.Databases}\n" + string.Concat(new[] { "tls", "ldaps", "url", "nobody" }.Select(
            name => $"{name} = host=127.0.0.1 port={server.Port} dbname=postgres user=forced\n")),
        BouncerServer.Users, $"auth_type = hba\nauth_hba_file = {slapd.Certificates.Path("hba")}");
}
