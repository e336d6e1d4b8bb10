using System.Collections.Immutable;
using Router.Agent.Api;
using Router.Cluster;

namespace Router.Configuration.Agent;

/// <summary>Reads <c>restapi</c>.</summary>
internal static class RestApiSection
{
    public const int DefaultPort = 8008;

    private static readonly ImmutableArray<string> OnlyHere = ["127.0.0.1", "0.0.0.0", "*", "::1", "::", "localhost"];

    public static RestApiOptions Read(Section section, Findings findings)
    {
        _ = section.RequiredText("listen", "write where the REST API listens, such as 0.0.0.0:8008");
        var listen = section.Address("listen", DefaultPort);
        var authentication = section.Child("authentication");
        var (userName, password) = (authentication.Text("username"), authentication.Secret("password"));
        if (userName is null != password is null)
        {
            findings.Error(authentication.At, section.PathOf("authentication"), "needs both username and password");
        }

        var options = new RestApiOptions
        {
            ListenHost = listen?.Host ?? "*",
            ListenPort = listen?.Port ?? DefaultPort,
            Credentials = userName is null || password is null ? null : $"{userName}:{password.Value}",
            CertFile = section.Text("certfile"),
            KeyFile = section.Text("keyfile"),
            KeyFilePassword = section.Secret("keyfile_password")?.Value,
            CaFile = section.Text("cafile"),
            VerifyClient = section.OneOf("verify_client", "none", "none", "optional", "required") switch
            {
                "optional" => VerifyClient.Optional,
                "required" => VerifyClient.Required,
                _ => VerifyClient.None,
            },
            Allowlist = section.List("allowlist"),
            AllowlistIncludesMembers = section.Flag("allowlist_include_members", byDefault: false),
            ExtraHeaders = ExtraHeaders(section),
        };
        if (options.VerifyClient != VerifyClient.None && (options.CertFile is null || options.CaFile is null))
        {
            findings.Error(section.PositionOf("verify_client"), section.PathOf("verify_client"),
                "needs certfile and cafile too");
        }

        section.NotUsed("ciphers", "the system's TLS policy decides");
        section.NotUsed("request_queue_size", "the kernel's backlog serves");
        section.NotUsed("thread_pool_size", "requests share the runtime's threads");
        section.NotUsed("server_tokens", "the Server header is Patroni's own form");
        return options;
    }

    public static MemberAddress ReadConnectAddress(Section section, Findings findings)
    {
        _ = section.RequiredText("connect_address", "write where other members reach the REST API");
        var address = section.Address("connect_address", DefaultPort);
        WarnIfOnlyHere(section, address, findings);
        return address ?? new MemberAddress("localhost", DefaultPort);
    }

    /// <summary>An address that means this machine wherever it is read cannot lead another member here.</summary>
    public static void WarnIfOnlyHere(Section section, MemberAddress? address, Findings findings)
    {
        if (address is not null && OnlyHere.Contains(address.Host))
        {
            findings.Warning(section.PositionOf("connect_address"), section.PathOf("connect_address"),
                $"'{address.Host}' means another machine there; members elsewhere need this one's own address");
        }
    }

    private static ImmutableArray<KeyValuePair<string, string>> ExtraHeaders(Section section)
    {
        var both = section.Map("http_extra_headers");
        var overTls = section.Map("https_extra_headers");
        return section.Has("certfile") ? [.. both.SetItems(overTls)] : [.. both];
    }
}
