using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Router.Agent.Observation;
using Router.Configuration.Agent;
using Router.Configuration.Yaml;
using Router.Proxy;
using Router.Proxy.Listening;
using Router.Transport;

namespace Router.Configuration.Proxy;

/// <summary>Reads a <c>router.yml</c>. Unknown keys are errors: the file is ours, so a stranger is a slip.</summary>
internal static class RouterYaml
{
    /// <summary>What PgBouncer's tcp_defer_accept sets.</summary>
    private static readonly TimeSpan DeferredAtMost = TimeSpan.FromSeconds(45);

    private static readonly FrozenDictionary<string, TransportKind> Transports = new Dictionary<string, TransportKind>
    {
        ["auto"] = TransportKind.Auto,
        ["epoll"] = TransportKind.Epoll,
        ["io_uring"] = TransportKind.IoUring,
    }.ToFrozenDictionary();

    /// <summary>Null when there was an error; what to say is in <paramref name="findings"/>.</summary>
    public static ProxyConfiguration? Load(string file, Findings findings) =>
        ConfigurationFiles.Read(file, findings) is { } document ? Read(document, findings).Configuration : null;

    /// <summary>Reads the document; the section is given back for whoever asks which keys are known.</summary>
    public static (ProxyConfiguration? Configuration, Section Root) Read(YamlMapping document, Findings findings)
    {
        var root = new Section(document, "", findings);
        var scope = root.RequiredText("scope", "write the name of the cluster to follow, as in its patroni.yml");
        if (scope.Contains('/', StringComparison.Ordinal))
        {
            root.Complain("scope", scope, "it is one part of a path; write it without a slash");
        }

        var configuration = new ProxyConfiguration
        {
            Scope = scope,
            Namespace = PatroniYaml.NamespaceOf(root),
            Etcd = EtcdSection.Read(root, findings),
            Proxy = ReadProxy(root, findings),
            HttpListen = ReadHttp(root.Child("http")),
            Members = ReadMembers(root.Child("members")),
            Probe = ReadProbe(root.Child("probe")),
            Loops = root.Number("loops", 1, 1, 256),
            Transport = Transports[root.OneOf("transport", "auto", "auto", "epoll", "io_uring")],
            Tcp = ReadTcp(root),
            Log = LogSection.Read(root.Child("log")),
        };
        root.ReportUnknown(FindingSeverity.Error);
        return (findings.HasErrors ? null : configuration, root);
    }

    private static ProxyOptions ReadProxy(Section root, Findings findings)
    {
        var byDefault = new ProxyOptions();
        var none = TimeSpan.Zero;
        var listen = root.Child("listen");
        var options = new ProxyOptions
        {
            PrimaryListen = EndPoints(listen, "primary"),
            ReplicaListen = EndPoints(listen, "replica"),
            ListenBacklog = root.Number("listen_backlog", byDefault.ListenBacklog, 1, 65_535),
            ReusePort = root.Flag("so_reuseport", byDefault.ReusePort),
            UnixSocketMode = FileMode(root, "unix_socket_mode"),
            MaxClientConnections = root.Number("max_client_conn", byDefault.MaxClientConnections, 1, 1_000_000),
            ClientLoginTimeout = ZeroIsNever(root.Duration("client_login_timeout", byDefault.ClientLoginTimeout, none)),
            ServerConnectTimeout = ZeroIsNever(root.Duration("server_connect_timeout", byDefault.ServerConnectTimeout, none)),
            HoldTimeout = root.Duration("hold_timeout", byDefault.HoldTimeout, none),
            HoldQueueMax = root.Number("hold_queue_max", byDefault.HoldQueueMax, 0, 1_000_000),
            ReplicaFallbackToPrimary = root.Flag("replica_fallback_to_primary", byDefault.ReplicaFallbackToPrimary),
            ReplicaCutOnRoleChange = root.Flag("replica_cut_on_role_change", byDefault.ReplicaCutOnRoleChange),
            CancelWaitTimeout = ZeroIsNever(root.Duration("cancel_wait_timeout", byDefault.CancelWaitTimeout, none)),
            ClientTls = TlsSection.ReadClient(root),
            ServerTls = TlsSection.ReadServer(root),
            CancelMaxInFlight = root.Number("cancel_max_inflight", byDefault.CancelMaxInFlight, 1, 100_000),
            ProxyProtocol = ReadProxyProtocol(root),
            PeerId = root.Number("peer_id", byDefault.PeerId, 0, PeerSection.IdMax),
            Peers = PeerSection.Read(root.Child("peers")),
            Pool = PoolSection.Read(root, findings),
            DrainTimeout = root.Duration("drain_timeout", byDefault.DrainTimeout, none),
            RelayHeldMax = (int)root.SizeBytes("relay_held_max", byDefault.RelayHeldMax, 16 << 10, 64 << 20),
        };
        if (!listen.Has("primary") && !listen.Has("replica"))
        {
            findings.Error(root.PositionOf("listen"), "listen",
                "needs an address; write 'primary: 0.0.0.0:6432' or 'replica: 0.0.0.0:6433' below it");
        }

        if (options.Pool is { } pool && options.ClientTls.Mode < TlsMode.VerifyCa && pool.DemandsCertificates)
        {
            root.ComplainUnseen("auth_type", "cert needs client_tls_sslmode: verify-full and client_tls_ca_file");
        }

        foreach (var address in options.PrimaryListen.Intersect(options.ReplicaListen))
        {
            findings.Error(listen.PositionOf("replica"), listen.PathOf("replica"),
                $"{address} is listed under primary too; give each its own port");
        }

        return options;
    }

    private static ProxyProtocolOptions ReadProxyProtocol(Section root)
    {
        var mode = root.OneOf("proxy_protocol", "off", "off", "optional", "require") switch
        {
            "optional" => ProxyProtocolMode.Optional,
            "require" => ProxyProtocolMode.Require,
            _ => ProxyProtocolMode.Off,
        };
        var networks = root.List("proxy_protocol_networks");
        if (ProxyProtocolOptions.Of(mode, networks) is { } options)
        {
            return options;
        }

        root.Complain("proxy_protocol_networks", string.Join(", ", networks), "write networks such as 10.0.0.0/8, addresses, or unix");
        return ProxyProtocolOptions.Off;
    }

    /// <summary>As in PgBouncer: a timeout of zero is none.</summary>
    private static TimeSpan ZeroIsNever(TimeSpan timeout) => timeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : timeout;

    /// <summary>PgBouncer's keys: bare numbers are seconds, but milliseconds in the user timeout, as there.</summary>
    private static TcpOptions ReadTcp(Section root) => new()
    {
        KeepAlive = root.Flag("tcp_keepalive", true),
        KeepIdle = root.Duration("tcp_keepidle", TimeSpan.Zero, TimeSpan.Zero),
        KeepInterval = root.Duration("tcp_keepintvl", TimeSpan.Zero, TimeSpan.Zero),
        KeepCount = root.Number("tcp_keepcnt", 0, 0, 127),
        UserTimeout = root.Milliseconds("tcp_user_timeout", TimeSpan.Zero),
        DeferAccept = root.Flag("tcp_defer_accept", true) ? DeferredAtMost : TimeSpan.Zero,
    };

    private static ProbeConfiguration? ReadProbe(Section probe)
    {
        var (user, password, database) = (probe.Text("username"), probe.Text("password"), probe.Text("database"));
        return user is null
            ? null
            : new ProbeConfiguration(user, password is null ? null : new Secret(password), database ?? "postgres");
    }

    /// <summary>The names of the section ctl of patroni.yml; no password: the proxy changes nothing (rule S23).</summary>
    private static MemberProbeOptions ReadMembers(Section members)
    {
        var options = new MemberProbeOptions
        {
            CaCertFile = members.Text("cacert"),
            CertFile = members.Text("certfile"),
            KeyFile = members.Text("keyfile"),
            KeyFilePassword = members.Secret("keyfile_password")?.Value,
            IsInsecure = members.Flag("insecure", byDefault: false),
        };
        if (options.KeyFile is not null && options.CertFile is null)
        {
            members.ComplainUnseen("keyfile", "needs certfile too");
        }

        return options;
    }

    private static IPEndPoint? ReadHttp(Section http)
    {
        if (http.Address("listen") is not { } address)
        {
            return null;
        }

        var listen = HostAndPort.Listen(address);
        if (listen is null)
        {
            http.Complain("listen", address.ToString(), "write the number of an address of this machine, or *");
        }

        return listen;
    }

    /// <summary><c>address:port</c> and paths of unix sockets.</summary>
    private static ImmutableArray<EndPoint> EndPoints(Section section, string key)
    {
        var endPoints = ImmutableArray.CreateBuilder<EndPoint>();
        foreach (var text in section.List(key))
        {
            if (text.StartsWith('/'))
            {
                endPoints.Add(new UnixDomainSocketEndPoint(text));
            }
            else if (HostAndPort.Parse(text, null) is { } address && HostAndPort.Listen(address) is { } endPoint)
            {
                endPoints.Add(endPoint);
            }
            else
            {
                section.Complain(key, text, "write address:port, *:port, or the path of a unix socket");
            }
        }

        return endPoints.ToImmutable();
    }

    /// <summary>Octal, as chmod takes it.</summary>
    private static UnixFileMode? FileMode(Section section, string key)
    {
        if (section.Text(key) is not { } text)
        {
            return null;
        }

        if (text.Length is 3 or 4 && text.All(digit => digit is >= '0' and <= '7'))
        {
            return (UnixFileMode)Convert.ToInt32(text, 8);
        }

        section.Complain(key, text, "write it as chmod takes it, such as 0770");
        return null;
    }
}
