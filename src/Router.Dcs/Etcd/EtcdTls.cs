namespace Router.Dcs.Etcd;

/// <summary>PEM files for TLS to etcd.</summary>
/// <param name="CaFile">Who signs etcd's certificates; null for the system's authorities.</param>
/// <param name="CertificateFile">The client's certificate; null for none.</param>
/// <param name="KeyFile">Its key; null where the certificate's file has it.</param>
public sealed record EtcdTls(string? CaFile, string? CertificateFile, string? KeyFile);
