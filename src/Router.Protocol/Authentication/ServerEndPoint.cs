using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Router.Protocol.Authentication;

/// <summary>
/// The channel binding tls-server-end-point (RFC 5929): the hash of the server's own certificate, by the digest of the
/// certificate's signature, where MD5 and SHA-1 count as SHA-256.
/// </summary>
public static class ServerEndPoint
{
    private const string RsaPss = "1.2.840.113549.1.1.10";

    /// <summary>
    /// Null where the certificate is broken or its signature names no digest of its own, as Ed25519's does: PostgreSQL
    /// cannot bind to such a channel either, so do not offer it.
    /// </summary>
    public static byte[]? Hash(ReadOnlySpan<byte> certificate)
    {
        try
        {
            return DigestOf(certificate.ToArray()) switch
            {
                32 => SHA256.HashData(certificate),
                48 => SHA384.HashData(certificate),
                64 => SHA512.HashData(certificate),
                _ => null,
            };
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Bytes of the digest that binds; 0 for none that we know.</summary>
    private static int DigestOf(byte[] certificate)
    {
        var fields = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence();
        fields.ReadEncodedValue();
        var algorithm = fields.ReadSequence();
        var oid = algorithm.ReadObjectIdentifier();
        return oid == RsaPss ? DigestOfPss(algorithm) : SizeOf(oid);
    }

    private static int DigestOfPss(AsnReader algorithm)
    {
        // The parameters' first field, if it is there; the default is SHA-1.
        var hashTag = new Asn1Tag(TagClass.ContextSpecific, 0);
        var parameters = algorithm.ReadSequence();
        return parameters.HasData && parameters.PeekTag().HasSameClassAndValue(hashTag)
            ? SizeOf(parameters.ReadSequence(hashTag).ReadSequence().ReadObjectIdentifier())
            : SHA256.HashSizeInBytes;
    }

    /// <summary>By signature algorithm, or by digest itself.</summary>
    private static int SizeOf(string oid) => oid switch
    {
        // With RSA: MD5, SHA-1, SHA-256, SHA-384, SHA-512.
        "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.2.840.113549.1.1.11" => 32,
        "1.2.840.113549.1.1.12" => 48,
        "1.2.840.113549.1.1.13" => 64,

        // ECDSA with SHA-1, SHA-256, SHA-384, SHA-512.
        "1.2.840.10045.4.1" or "1.2.840.10045.4.3.2" => 32,
        "1.2.840.10045.4.3.3" => 48,
        "1.2.840.10045.4.3.4" => 64,

        // SHA-1, SHA-256, SHA-384, SHA-512.
        "1.3.14.3.2.26" or "2.16.840.1.101.3.4.2.1" => 32,
        "2.16.840.1.101.3.4.2.2" => 48,
        "2.16.840.1.101.3.4.2.3" => 64,
        _ => 0,
    };
}
