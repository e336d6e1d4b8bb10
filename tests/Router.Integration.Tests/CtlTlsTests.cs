using Router.Testing;

namespace Router.Integration.Tests;

/// <summary>
/// The operator's tool against agents whose REST API is TLS, with an authority of their own, and wants a certificate of
/// every caller.
/// </summary>
[Trait("Category", "Integration")]
public sealed class CtlTlsTests : IAsyncLifetime
{
    private readonly TestCertificates _certificates = new();
    private readonly TestCertificates _foreign = new();
    private TestCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        foreach (var certificates in new[] { _certificates, _foreign })
        {
            File.SetUnixFileMode(Path.GetDirectoryName(certificates.CaFile)!, (UnixFileMode)0b111_101_101);

            // The agents are another user's, who has to read their key.
            File.SetUnixFileMode(certificates.KeyFile, (UnixFileMode)0b110_100_100);
        }

        _cluster = await TestCluster.StartAsync(
            members: 2, ttl: 20, form: new ClusterForm { IsSynchronous = false, Certificates = _certificates });
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _certificates.Dispose();
        _foreign.Dispose();
    }

    [Fact]
    public async Task Switchover_goes_by_TLS_and_what_is_wrong_with_it_is_told_with_its_setting()
    {
        Assert.Contains("| Leader ", await CtlAsync("list"), StringComparison.Ordinal);
        await SwitchesAsync(() => CtlAsync("switchover", "--force"), byStore: null);
        await SwitchesAsync(
            () => PatronictlAsync("switchover", TestCluster.Scope, "--force"), byStore: null);

        Change(_certificates.CaFile, _foreign.CaFile);
        Assert.Contains("| Leader ", await CtlAsync("list"), StringComparison.Ordinal);
        await SwitchesAsync(() => CtlAsync("switchover", "--force"), byStore: "See ctl.cacert");
        await SwitchesAsync(() => CtlAsync("-k", "switchover", "--force"), byStore: null);

        Change($", certfile: {_certificates.CertificateFile}, keyfile: {_certificates.KeyFile}", "");
        await SwitchesAsync(() => CtlAsync("-k", "switchover", "--force"), byStore: "name one in ctl.certfile");
    }

    /// <summary>Without the agent's help the tool writes into the store and says why, as patronictl does.</summary>
    private async Task SwitchesAsync(Func<Task<string>> asks, string? byStore)
    {
        await _cluster.UntilAllStreamAsync();
        var old = await _cluster.LeaderAsync();
        var answer = await asks();
        if (byStore is null)
        {
            Assert.Contains("Successfully switched over to", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("into the store", answer, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains($"The agent of {old} did not answer", answer, StringComparison.Ordinal);
            Assert.Contains(byStore, answer, StringComparison.Ordinal);
        }

        await _cluster.UntilAsync(
            "another member leads", async () => await _cluster.LeaderAsync() is { } next && next != old);
    }

    private string CtlFile => Path.Combine(_cluster.Directory, "ctl.yml");

    private async Task<string> CtlAsync(params string[] arguments)
    {
        Write();
        var (code, output) = await RouterCommand.RunAsync([.. RouterCommand.Router, "ctl", "-c", CtlFile, .. arguments]);
        Assert.True(code == 0, output);
        return output;
    }

    private async Task<string> PatronictlAsync(params string[] arguments)
    {
        Write();
        return (await RouterCommand.RunAsync(["patronictl", "-c", CtlFile, .. arguments])).Output;
    }

    /// <summary>A member's file until it is changed.</summary>
    private void Write()
    {
        if (!File.Exists(CtlFile))
        {
            File.Copy(_cluster.Members[0].File, CtlFile);
        }
    }

    /// <summary>In the section ctl only.</summary>
    private void Change(string what, string into)
    {
        var lines = File.ReadAllLines(CtlFile);
        File.WriteAllLines(CtlFile, lines.Select(line =>
            line.StartsWith("ctl:", StringComparison.Ordinal) ? line.Replace(what, into, StringComparison.Ordinal) : line));
    }
}
