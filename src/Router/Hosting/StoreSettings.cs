using Router.Cluster;
using Router.Configuration;
using Router.Dcs.Etcd;

namespace Router.Hosting;

/// <summary>From the configuration's words for the store to the adapter's.</summary>
internal static class StoreSettings
{
    public static EtcdSettings Of(EtcdConfiguration etcd, string @namespace, string scope) => new()
    {
        Endpoints = etcd.Endpoints.ToEquatableList(),
        Namespace = @namespace,
        Scope = scope,
        Tls = etcd is { CaCertFile: null, CertFile: null, KeyFile: null }
            ? null
            : new EtcdTls(etcd.CaCertFile, etcd.CertFile, etcd.KeyFile),
        Credentials = etcd is { UserName: { } user, Password: { } password }
            ? new EtcdCredentials(user, password.Value)
            : null,
    };
}
