using System.Collections.Immutable;

namespace Router.Configuration;

/// <summary>Reads <c>etcd3</c> or <c>etcd</c>.</summary>
internal static class EtcdSection
{
    private const int DefaultPort = 2379;

    /// <summary>Reads the one that is there, <c>etcd3</c> first; neither is an error.</summary>
    public static EtcdConfiguration Read(Section root, Findings findings)
    {
        var v3 = root.Child("etcd3");
        var plain = root.Child("etcd");
        var isV3 = !v3.IsEmpty || plain.IsEmpty;
        var fromV3 = Read(v3, findings, isUsed: isV3);
        var fromPlain = Read(plain, findings, isUsed: !isV3);
        if (v3.IsEmpty && plain.IsEmpty)
        {
            findings.Error(root.At, "etcd3", "is missing; name the store, such as 'etcd3: {host: 10.0.0.5:2379}'");
        }
        else if (!v3.IsEmpty && !plain.IsEmpty)
        {
            findings.Notice(plain.At, "etcd", "is not used, because there is an etcd3 section");
        }

        return isV3 ? fromV3 : fromPlain with { IsWrittenForV2 = true };
    }

    private static EtcdConfiguration Read(Section section, Findings findings, bool isUsed)
    {
        var protocol = section.OneOf("protocol", "http", "http", "https");
        foreach (var key in (ReadOnlySpan<string>)["srv", "srv_suffix", "discovery_srv", "srv_domain"])
        {
            section.Refuse(key, "look-up by SRV records is not there; list the addresses under hosts");
        }

        var (own, proxy) = (section.Text("url"), section.Text("proxy"));
        var url = own ?? proxy;
        section.NotUsed("use_proxies", "every address given is used as it is");
        var port = section.Number("port", DefaultPort, 1, ushort.MaxValue);
        ImmutableArray<string> hosts = section.Text("host") is { } host ? [host] : [];
        var many = section.List("hosts");
        hosts = many.IsEmpty ? hosts : many;
        var endpoints = url is null
            ? Endpoints(section, protocol, hosts, port)
            : Endpoint(section, own is null ? "proxy" : "url", url);
        if (isUsed && !section.IsEmpty && url is null && hosts.IsEmpty)
        {
            findings.Error(section.At, section.PathOf("hosts"),
                "is missing; name the store's addresses by host, hosts or url");
        }

        return new EtcdConfiguration
        {
            Endpoints = endpoints,
            UserName = section.Text("username"),
            Password = section.Secret("password"),
            CaCertFile = section.Text("cacert"),
            CertFile = section.Text("cert"),
            KeyFile = section.Text("key"),
        };
    }

    private static ImmutableArray<Uri> Endpoints(
        Section section, string protocol, ImmutableArray<string> hosts, int port)
    {
        var endpoints = ImmutableArray.CreateBuilder<Uri>();
        foreach (var host in hosts)
        {
            if (HostAndPort.Parse(host, port) is { } address)
            {
                endpoints.Add(new Uri($"{protocol}://{address}"));
            }
            else
            {
                section.Complain(section.Has("hosts") ? "hosts" : "host", host, "write host:port, such as 10.0.0.5:2379");
            }
        }

        return endpoints.ToImmutable();
    }

    private static ImmutableArray<Uri> Endpoint(Section section, string key, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0)
        {
            var port = uri.IsDefaultPort ? DefaultPort : uri.Port;
            return [new Uri($"{uri.Scheme}://{uri.Host}:{port}")];
        }

        // A URL may hold a password, so it is not repeated.
        section.ComplainUnseen(key, "is not a URL; write http://host:2379");
        return [];
    }
}
