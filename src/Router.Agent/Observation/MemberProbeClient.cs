using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Router.Agent.Observation;

/// <summary>Makes the HTTP client for calls to members' REST API.</summary>
public static class MemberProbeClient
{
    private const int AnswerLengthMax = 1 << 20;

    /// <exception cref="System.Security.Cryptography.CryptographicException">A file of the options cannot be loaded.</exception>
    public static HttpClient Create(MemberProbeOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            // Members are reached directly; http_proxy of the environment is for other things.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            // A member that was down is found again, and a renewed certificate is seen.
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            SslOptions = CreateTls(options),
        };
        var client = new HttpClient(handler) { MaxResponseContentBufferSize = AnswerLengthMax };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Router", Api.AgentVersion.Compatible));
        if (options.Credentials is { } credentials)
        {
            client.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }

        return client;
    }

    /// <summary>How this process trusts members' certificates, and shows its own where one is set.</summary>
    public static SslClientAuthenticationOptions CreateTls(MemberProbeOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.CertFile is { } file)
        {
            var certificate = options.KeyFilePassword is { } password
                ? X509Certificate2.CreateFromEncryptedPemFile(file, password, options.KeyFile)
                : X509Certificate2.CreateFromPemFile(file, options.KeyFile);
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }

        if (options.IsInsecure)
        {
#pragma warning disable CA5359 // ctl.insecure asks for exactly this
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (options.CaCertFile is { } authorities)
        {
            var chain = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            chain.CustomTrustStore.ImportFromPemFile(authorities);
            tls.CertificateChainPolicy = chain;
        }

        return tls;
    }
}
