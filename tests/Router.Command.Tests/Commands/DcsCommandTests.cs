using Router.Commands;

namespace Router.Command.Tests.Commands;

public sealed class DcsCommandTests
{
    [Fact]
    public void Peer_port_follows_the_client_port()
    {
        var settings = DcsCommand.Parse(["--data-dir", "/tmp/x", "--listen", "10.0.0.1:4001"]);

        Assert.Equal("/tmp/x", settings.DataDirectory);
        Assert.Equal(new Uri("http://10.0.0.1:4001"), settings.ClientUrl);
        Assert.Equal(new Uri("http://10.0.0.1:4002"), settings.PeerUrl);
    }

    [Fact]
    public void Clients_connect_to_loopback_if_nothing_is_said() =>
        Assert.Equal(new Uri("http://127.0.0.1:2379"), DcsCommand.Parse(["--data-dir", "x"]).ClientUrl);

    [Theory]
    [InlineData("--data-dir is missing")]
    [InlineData("there is no option '--dir'", "--dir", "x")]
    [InlineData("'--listen' wants a value or is not known", "--data-dir", "x", "--listen")]
    [InlineData("--listen here: write HOST:PORT with a port from 1 to 65534", "--data-dir", "x", "--listen", "here")]
    [InlineData("--listen a:65535: write HOST:PORT with a port from 1 to 65534", "--data-dir", "x", "--listen", "a:65535")]
    public async Task Wrong_arguments_are_told_in_one_sentence(string sentence, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        var exitCode = await new CommandLine(output, error).RunAsync(["dcs", .. arguments]);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.StartsWith($"router dcs: {sentence};", error.ToString(), StringComparison.Ordinal);
    }
}
