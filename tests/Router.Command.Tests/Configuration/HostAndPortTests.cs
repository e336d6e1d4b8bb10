using Router.Cluster;
using Router.Configuration;

namespace Router.Command.Tests.Configuration;

public sealed class HostAndPortTests
{
    [Theory]
    [InlineData("db1:5432", "db1", 5432)]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1)]
    [InlineData("[::1]:5432", "::1", 5432)]
    [InlineData("*:6432", "*", 6432)]
    public void Host_and_port_are_told_apart(string text, string host, int port) =>
        Assert.Equal(new MemberAddress(host, port), HostAndPort.Parse(text, null));

    [Theory]
    [InlineData("db1", "db1")]
    [InlineData("::1", "::1")]
    [InlineData("[fe80::1]", "fe80::1")]
    public void Port_may_be_left_out_where_there_is_a_default(string text, string host)
    {
        Assert.Equal(new MemberAddress(host, 2379), HostAndPort.Parse(text, 2379));
        Assert.Null(HostAndPort.Parse(text, null));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":5432")]
    [InlineData("db1:")]
    [InlineData("db1:0")]
    [InlineData("db1:65536")]
    [InlineData("db1:http")]
    [InlineData("db 1:5432")]
    [InlineData("http://db1:5432")]
    public void Anything_else_is_refused(string text) => Assert.Null(HostAndPort.Parse(text, 2379));
}
