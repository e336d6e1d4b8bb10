using System.Diagnostics;

namespace Router.Agent.Tests.Api;

/// <summary>Patroni itself reads our /patroni as it does before a leader race.</summary>
[Trait("Category", "Integration")]
public sealed class PatroniReadsUsTests
{
    /// <summary>Asks with Patroni's own HTTP client and prints what its race would compare.</summary>
    private const string Script = """
        import json, sys
        from patroni.dcs import Member
        from patroni.ha import _MemberStatus
        from patroni.request import PatroniRequest
        member = Member(0, 'node1', 0, {'api_url': sys.argv[1]})
        answer = PatroniRequest({}).request('GET', sys.argv[1], timeout=10)
        seen = _MemberStatus.from_api_response(member, json.loads(answer.data.decode('utf-8')))
        print(answer.status, seen.reachable, seen.in_recovery, seen.timeline, seen.wal_position, seen.watchdog_failed)
        """;

    [Theory]
    [InlineData("primary", "200 True False 2 False False")]
    [InlineData("replica", "200 True True 2 67381760 False")]
    [InlineData("crashed", "AssertionError")]
    public async Task Race_of_a_Patroni_member_sees_us(string state, string seen)
    {
        await using var world = await ApiWorld.StartAsync();
        world.Shows(state switch
        {
            "primary" => world.Snapshots.Primary(),
            "replica" => world.Snapshots.Replica(),
            _ => world.Snapshots.Crashed(),
        });
        using var patroni = Process.Start(new ProcessStartInfo(
            "/usr/bin/python3", ["-c", Script, new Uri(world.Api.Address, "/patroni").ToString()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        var errors = patroni.StandardError.ReadToEndAsync();
        var output = await patroni.StandardOutput.ReadToEndAsync();
        await patroni.WaitForExitAsync();

        // A member without positions is what Patroni counts as unreachable, by this very assertion.
        Assert.Equal(seen, output.Trim() is { Length: > 0 } told ? told : (await errors).Trim().Split('\n')[^1]);
    }
}
