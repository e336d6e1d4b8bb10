using Router.Cluster;
using Router.Configuration;
using Router.Dcs.Etcd;

namespace Router.Hosting;

/// <summary>From the configuration's words to the adapter's.</summary>
internal static class EtcdSettingsOf
{
    public static EtcdSettings From(EtcdConfiguration etcd, string prefix, string scope) => new()
    {
        Endpoints = etcd.Endpoints.ToEquatableList(),
        Namespace = prefix,
        Scope = scope,
        Tls = etcd.Endpoints.Any(endpoint => endpoint.Scheme == Uri.UriSchemeHttps)
            ? new EtcdTls(etcd.CaCertFile, etcd.CertFile, etcd.KeyFile)
            : null,
        Credentials = Credentials(etcd),
    };

    public static EtcdCredentials? Credentials(EtcdConfiguration etcd) =>
        etcd is { UserName: { } user, Password: { } password } ? new EtcdCredentials(user, password.Value) : null;
}
