namespace Router.Dcs.Etcd;

/// <summary>No connection came about, so nothing of the call was sent.</summary>
internal sealed class EtcdConnectException(string message, Exception inner) : IOException(message, inner);
