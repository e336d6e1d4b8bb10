using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Router.Proxy.Authentication;

/// <summary>Whose a client's certificate is.</summary>
internal static class CertificateName
{
    private const string CommonName = "2.5.4.3";

    /// <summary>The first CommonName of the subject, as PostgreSQL takes it; null where there is none.</summary>
    public static string? Of(ReadOnlySpan<byte> der)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false))
            {
                if (!part.HasMultipleElements && part.GetSingleElementType().Value == CommonName)
                {
                    return part.GetSingleElementValue();
                }
            }
        }
        catch (CryptographicException)
        {
            // A subject that cannot be read is nobody's.
        }

        return null;
    }
}
