using System.Net.Http.Headers;
using System.Text;

namespace Router.Agent.Tests.Api;

/// <summary>Who may change something (rest-api.md 3).</summary>
public sealed class ApiAccessTests
{
    [Theory]
    [InlineData(null, 401, "no auth header received")]
    [InlineData("admin:wrong", 401, "not authenticated")]
    [InlineData("admin:qu0te\"d", 202, "reload scheduled")]
    public async Task Password_is_asked_of_those_who_change(string? credentials, int status, string text)
    {
        await using var world = await ApiWorld.StartAsync(ApiWorld.Open with { Credentials = "admin:qu0te\"d" });
        Authorize(world, credentials);

        Assert.Equal((status, text), await world.SendAsync("POST", "/reload"));
        Assert.Equal(200, (await world.SendAsync("GET", "/patroni")).Status);
    }

    [Fact]
    public async Task Refusal_names_the_realm()
    {
        await using var world = await ApiWorld.StartAsync(ApiWorld.Open with { Credentials = "admin:secret" });

        using var answer = await world.Http.PostAsync(new Uri(world.Api.Address, "/reload"), null);

        Assert.Equal("Basic realm=\"Patroni\"", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("10.0.0.0/8", 403)]
    [InlineData("127.0.0.0/8", 202)]
    [InlineData("127.0.0.1", 202)]
    [InlineData("localhost", 202)]
    [InlineData("no-such-host.invalid", 403)]
    public async Task Allowlist_takes_networks_addresses_and_names(string entry, int status)
    {
        await using var world = await ApiWorld.StartAsync(ApiWorld.Open with { Allowlist = [entry] });

        Assert.Equal(status, (await world.SendAsync("POST", "/reload")).Status);
        Assert.Equal(200, (await world.SendAsync("GET", "/health")).Status);
    }

    [Fact]
    public async Task Members_addresses_count_but_not_through_a_gateway()
    {
        await using var world = await ApiWorld.StartAsync(ApiWorld.Open with { AllowlistIncludesMembers = true });
        Assert.Equal(202, (await world.SendAsync("POST", "/reload")).Status);

        world.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "127.0.0.1");

        Assert.Equal((403, "Access is denied"), await world.SendAsync("POST", "/reload"));
    }

    [Fact]
    public async Task Members_addresses_do_not_count_for_failsafe_nor_without_a_view()
    {
        await using var world = await ApiWorld.StartAsync(ApiWorld.Open with { AllowlistIncludesMembers = true });
        Assert.Equal(403, (await world.SendAsync("POST", "/failsafe", """{"name":"node2"}""")).Status);

        world.Shows(world.Snapshots.Primary() with { View = null });

        Assert.Equal(403, (await world.SendAsync("POST", "/reload")).Status);
    }

    [Theory]
    [InlineData("PATCH", "/config")]
    [InlineData("PUT", "/config")]
    [InlineData("POST", "/restart")]
    [InlineData("DELETE", "/restart")]
    [InlineData("DELETE", "/switchover")]
    [InlineData("POST", "/switchover")]
    [InlineData("POST", "/failover")]
    [InlineData("POST", "/reinitialize")]
    [InlineData("POST", "/failsafe")]
    [InlineData("POST", "/sigterm")]
    public async Task Every_changing_endpoint_is_guarded(string method, string path)
    {
        await using var world = await ApiWorld.StartAsync(ApiWorld.Open with { Credentials = "admin:secret" });

        Assert.Equal(401, (await world.SendAsync(method, path, """{"leader":"node1"}""")).Status);
        Assert.True((await world.ViewAsync()).Failover.IsAbsent);
    }

    [Fact]
    public async Task Reload_takes_a_new_password_without_closing_the_port()
    {
        await using var world = await ApiWorld.StartAsync();
        var address = world.Api.Address;

        await world.Api.ReloadAsync(ApiWorld.Open with { Credentials = "admin:secret" }, CancellationToken.None);

        Assert.Equal(address, world.Api.Address);
        Assert.Equal(401, (await world.SendAsync("POST", "/reload")).Status);
    }

    [Fact]
    public async Task Reload_opens_another_port_where_the_address_changed()
    {
        await using var world = await ApiWorld.StartAsync();
        var address = world.Api.Address;

        await world.Api.ReloadAsync(ApiWorld.Open with { ListenHost = "localhost" }, CancellationToken.None);

        Assert.Equal(200, (await world.SendAsync("GET", "/patroni")).Status);
        await Assert.ThrowsAsync<HttpRequestException>(() => world.Http.GetAsync(new Uri(address, "/patroni")));
    }

    private static void Authorize(ApiWorld world, string? credentials)
    {
        if (credentials is not null)
        {
            world.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }
    }
}
