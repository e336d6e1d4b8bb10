using System.Net;
using System.Net.Sockets;
using Router.Cluster;
using Router.Configuration;
using Router.Configuration.Proxy;
using Router.Configuration.Yaml;
using Router.Proxy;
using Router.Proxy.Peers;
using Router.Transport;

namespace Router.Command.Tests.Configuration.Proxy;

public sealed class RouterYamlTests
{
    private const string Smallest = "scope: a\netcd3: {host: store}\nlisten: {primary: '*:6432'}\n";

    private readonly Findings _findings = new();

    [Fact]
    public void Smallest_file_has_the_defaults_of_the_proxy()
    {
        var router = Read(Smallest);
        Assert.Equal([new IPEndPoint(IPAddress.Any, 6432)], router.Proxy.PrimaryListen.ToArray());
        Assert.Equal(new ProxyOptions { PrimaryListen = router.Proxy.PrimaryListen }.HoldTimeout, router.Proxy.HoldTimeout);
        Assert.Empty(router.Proxy.ReplicaListen);
        Assert.Null(router.HttpListen);
        Assert.Empty(_findings.All);
    }

    [Fact]
    public void Addresses_are_interfaces_or_unix_sockets()
    {
        var router = Read(Smallest.Replace("'*:6432'", "['127.0.0.1:1', '[::1]:2', localhost:3, /run/router/s]",
            StringComparison.Ordinal));
        Assert.Equal(
            [
                new IPEndPoint(IPAddress.Loopback, 1),
                new IPEndPoint(IPAddress.IPv6Loopback, 2),
                new IPEndPoint(IPAddress.Loopback, 3),
                new UnixDomainSocketEndPoint("/run/router/s"),
            ],
            router.Proxy.PrimaryListen.ToArray());
    }

    [Fact]
    public void Values_have_units()
    {
        var router = Read(Smallest + "hold_timeout: 500ms\nrelay_held_max: 64kB\nunix_socket_mode: 0770\nso_reuseport: yes\n");
        Assert.Equal(TimeSpan.FromMilliseconds(500), router.Proxy.HoldTimeout);
        Assert.Equal(65_536, router.Proxy.RelayHeldMax);
        Assert.Equal((UnixFileMode)0x1F8, router.Proxy.UnixSocketMode);
        Assert.True(router.Proxy.ReusePort);
    }

    [Fact]
    public void Tcp_settings_have_the_defaults_and_the_units_of_PgBouncer()
    {
        Assert.Equal(
            new TcpOptions { DeferAccept = TimeSpan.FromSeconds(45) }, Read(Smallest).Tcp);
        Assert.Equal(
            new TcpOptions
            {
                KeepAlive = false,
                KeepIdle = TimeSpan.FromSeconds(60),
                KeepInterval = TimeSpan.FromSeconds(5),
                KeepCount = 3,
                UserTimeout = TimeSpan.FromMilliseconds(1500),
            },
            Read(Smallest + "tcp_keepalive: 0\ntcp_keepidle: 60\ntcp_keepintvl: 5s\ntcp_keepcnt: 3\n"
                + "tcp_user_timeout: 1500\ntcp_defer_accept: off\n").Tcp);
        Assert.Equal(TimeSpan.FromSeconds(30), Read(Smallest + "tcp_user_timeout: 30s\n").Tcp.UserTimeout);
    }

    [Theory]
    [InlineData("tcp_user_timeout: soon",
        "f.yml:4:19: tcp_user_timeout: 'soon' does not fit; write a time, such as 30s or 500ms; a bare number counts milliseconds")]
    [InlineData("max_client_con: 5", "f.yml:4:1: max_client_con: unknown key; did you mean 'max_client_conn'?")]
    [InlineData("pool_size: 5", "f.yml:4:1: pool_size: unknown key; remove it")]
    [InlineData("pool_mode: some",
        "f.yml:4:12: pool_mode: 'some' does not fit; write none, session, transaction, statement")]
    [InlineData("pool_mode: session",
        "f.yml:1:1: auth_type: is missing; with pool_mode the proxy itself lets clients in, and must be told how")]
    [InlineData("pool_mode: session\nauth_type: hba", "f.yml:5:12: auth_type: hba needs auth_hba_file")]
    [InlineData("pool_mode: session\nauth_type: hba\nauth_hba_file: /nowhere/hba",
        "/nowhere/hba: auth_hba_file: cannot be read: Could not find file '/nowhere/hba'.")]
    [InlineData("pool_mode: session\nauth_type: ldap\nauth_ldap_options: ldapserver=a",
        "f.yml:6:20: auth_ldap_options: ldap needs either ldapprefix or ldapsuffix, or else ldapbasedn with what belongs to a search")]
    [InlineData("pool_mode: session\nauth_type: trust\nauth_dbname: pgbouncer",
        "f.yml:6:14: auth_dbname: is the console; name a database that has the users")]
    [InlineData("log: {levels: INFO}", "f.yml:4:7: log.levels: unknown key; did you mean 'level'?")]
    [InlineData("max_client_conn: many",
        "f.yml:4:18: max_client_conn: 'many' does not fit; write a whole number from 1 to 1000000")]
    [InlineData("relay_held_max: 1kB",
        "f.yml:4:17: relay_held_max: '1kB' does not fit; write a size from 16384 to 67108864 bytes, such as 64kB or 512MB")]
    [InlineData("unix_socket_mode: rwx",
        "f.yml:4:19: unix_socket_mode: 'rwx' does not fit; write it as chmod takes it, such as 0770")]
    [InlineData("http: {listen: some.host:80}",
        "f.yml:4:16: http.listen: 'some.host:80' does not fit; write the number of an address of this machine, or *")]
    [InlineData("scope: b", "f.yml:4:1: scope: written twice (first at line 1); remove one of them")]
    [InlineData("http: here", "f.yml:4:7: http: expected a section: its keys on the lines below, indented")]
    [InlineData("peers: {0: {host: a}}",
        "f.yml:4:12: peers.0: a peer is known by its peer_id; write a number from 1 to 16383 before the colon")]
    [InlineData("peers: {1: {port: 5}}", "f.yml:4:12: peers.1.host: is missing; write the peer's own host, or the directory of its unix socket")]
    [InlineData("hold_timeout: [1]", "f.yml:4:15: hold_timeout: expected a single value")]
    public void Each_slip_is_one_error_that_says_where_and_what_to_do(string line, string expected)
    {
        Assert.Null(RouterYaml.Read(Parse(Smallest + line), _findings).Configuration);
        Assert.Equal(expected, Assert.Single(_findings.All).ToString());
    }

    [Fact]
    public void Peers_have_their_number_for_a_name()
    {
        var options = Read(Smallest + "peer_id: 2\npeers:\n  1: {host: /run/one}\n  2: {host: b, port: 7, pool_size: 3}\n").Proxy;
        Assert.Equal(2, options.PeerId);
        Assert.Equal(
            [new PeerOptions(1, new MemberAddress("/run/one", 6432)), new PeerOptions(2, new MemberAddress("b", 7), 3)], options.Peers);
    }

    [Fact]
    public void A_timeout_of_zero_is_none()
    {
        const string Lines = "client_login_timeout: 0\nserver_connect_timeout: 0\ncancel_wait_timeout: 0\n";
        var options = RouterYaml.Read(Parse(Smallest + Lines), _findings).Configuration!.Proxy;
        Assert.Equal(
            (Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan),
            (options.ClientLoginTimeout, options.ServerConnectTimeout, options.CancelWaitTimeout));
    }

    [Theory]
    [InlineData("scope: a\netcd3: {host: store}\n",
        "f.yml:1:1: listen: needs an address; write 'primary: 0.0.0.0:6432' or 'replica: 0.0.0.0:6433' below it")]
    [InlineData("scope: a\nlisten: {primary: '*:1'}\n",
        "f.yml:1:1: etcd3: is missing; name the store, such as 'etcd3: {host: 10.0.0.5:2379}'")]
    [InlineData("etcd3: {host: a}\nlisten: {primary: '*:1'}\n",
        "f.yml:1:1: scope: is missing; write the name of the cluster to follow, as in its patroni.yml")]
    [InlineData("scope: a\netcd3: {host: a}\nlisten: {primary: '*:1', replica: '*:1'}\n",
        "f.yml:3:35: listen.replica: 0.0.0.0:1 is listed under primary too; give each its own port")]
    public void What_must_be_there_is_asked_for(string text, string expected)
    {
        Assert.Null(RouterYaml.Read(Parse(text), _findings).Configuration);
        Assert.Equal(expected, Assert.Single(_findings.All).ToString());
    }

    private YamlMapping Parse(string text) => YamlReader.Read("f.yml", text, _findings)!;

    private ProxyConfiguration Read(string text)
    {
        var (configuration, _) = RouterYaml.Read(Parse(text), _findings);
        Assert.True(configuration is not null, string.Join('\n', _findings.All));
        return configuration;
    }
}
