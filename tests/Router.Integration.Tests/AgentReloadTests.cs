using System.Net;
using System.Text;

namespace Router.Integration.Tests;

/// <summary>SIGHUP and POST /reload of a real agent, one that is a replica.</summary>
[Trait("Category", "Integration")]
public sealed class AgentReloadTests : IAsyncLifetime
{
    private const int HangUp = 1;
    private const string Credentials = "admin:sEcr3t";

    private readonly HttpClient _http = new();
    private TestCluster _cluster = null!;
    private TestMember _member = null!;

    public async Task InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(members: 2);
        var leader = await _cluster.LeaderAsync();
        _member = _cluster.Members.First(candidate => candidate.Name != leader);
        await UntilReplicaAnswersAsync(HttpStatusCode.OK);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Agent_takes_over_what_it_can_names_what_it_cannot_and_survives_a_broken_file()
    {
        var first = await File.ReadAllTextAsync(_member.File);
        var changed = Changed(first);
        await File.WriteAllTextAsync(_member.File, changed + "tags: {noloadbalance: true, zone: z1}\nlog: {level: DEBUG}\n");
        TestCluster.Signal(await _cluster.AgentPidAsync(_member), HangUp);

        await UntilReplicaAnswersAsync(HttpStatusCode.ServiceUnavailable);
        await UntilWorkMemIsAsync("7MB");
        await _cluster.UntilAsync("the store has the tags", async () =>
            (await _cluster.PatronictlAsync("list", "-f", "json")).Contains("\"zone\": \"z1\"", StringComparison.Ordinal));
        Assert.Contains(
            "Changed, and in force after a restart of this process only: name, postgresql.listen", Log(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await ReloadAsync(null));

        await File.WriteAllTextAsync(_member.File, changed + "tags: {zone: [\n");
        Assert.Equal(HttpStatusCode.Accepted, await ReloadAsync(Credentials));
        await _cluster.UntilAsync("the broken file is refused", () =>
            Log().Contains("The configuration stays as it was: the file cannot be used", StringComparison.Ordinal)
            && Log().Contains($"{_member.File}:", StringComparison.Ordinal));
        await UntilReplicaAnswersAsync(HttpStatusCode.ServiceUnavailable);

        await File.WriteAllTextAsync(_member.File, first);
        Assert.Equal(HttpStatusCode.Accepted, await ReloadAsync(Credentials));
        await UntilReplicaAnswersAsync(HttpStatusCode.OK);
        await UntilWorkMemIsAsync("4MB");
        Assert.Equal(HttpStatusCode.Accepted, await ReloadAsync(null));
        Assert.DoesNotContain("sEcr3t", Log(), StringComparison.Ordinal);
        await _cluster.UntilAllStreamAsync();
    }

    /// <summary>A parameter and a login of the REST API, which take effect; a name and an address, which do not.</summary>
    private string Changed(string text) => text
        .Replace("shared_buffers: 16MB", "shared_buffers: 16MB\n    work_mem: 7MB", StringComparison.Ordinal)
        .Replace($"listen: 127.0.0.1:{_member.PostgresPort}", "listen: 127.0.0.1:1", StringComparison.Ordinal)
        .Replace($"name: {_member.Name}", "name: another", StringComparison.Ordinal)
        .Replace(
            $"connect_address: 127.0.0.1:{_member.RestPort}",
            $"connect_address: 127.0.0.1:{_member.RestPort}\n  authentication: {{username: admin, password: sEcr3t}}",
            StringComparison.Ordinal);

    private string Log() => File.ReadAllText(_member.Log);

    private Task UntilReplicaAnswersAsync(HttpStatusCode code) => _cluster.UntilAsync($"/replica answers {code}", async () =>
    {
        using var answer = await _http.GetAsync(At("/replica"));
        return answer.StatusCode == code;
    });

    private Task UntilWorkMemIsAsync(string value) => _cluster.UntilAsync($"work_mem is {value}", async () =>
        await TestCluster.TryAskAsync(_member, "SHOW work_mem") == value);

    private async Task<HttpStatusCode> ReloadAsync(string? credentials)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At("/reload"));
        if (credentials is not null)
        {
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }

        using var answer = await _http.SendAsync(request);
        if (answer.StatusCode == HttpStatusCode.Accepted)
        {
            Assert.Equal("reload scheduled", await answer.Content.ReadAsStringAsync());
        }

        return answer.StatusCode;
    }

    private Uri At(string path) => new($"http://127.0.0.1:{_member.RestPort}{path}");
}
