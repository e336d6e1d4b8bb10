namespace Router.Transport;

/// <summary>What a secured connection agreed on.</summary>
/// <param name="Protocol">Such as <c>TLSv1.3</c>.</param>
/// <param name="Cipher">By its OpenSSL name.</param>
/// <param name="HasAlpn">The application protocol of the context was agreed on, too.</param>
/// <param name="PeerCertificate">DER; empty where the peer showed none. Verified only where the context verifies.</param>
/// <param name="OwnCertificate">DER of what this side showed; empty where none.</param>
public sealed record TlsFacts(
    string Protocol, string Cipher, bool HasAlpn, ReadOnlyMemory<byte> PeerCertificate, ReadOnlyMemory<byte> OwnCertificate)
{
    /// <summary>Protocol and cipher.</summary>
    public override string ToString() => $"{Protocol}/{Cipher}";
}
