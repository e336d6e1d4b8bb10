using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Router.Agent.Api;

/// <summary>One open port of the REST API: Kestrel without configuration files, environment or signal handlers.</summary>
internal sealed class ApiListener
{
    private static readonly TimeSpan CloseBound = TimeSpan.FromSeconds(5);

    private readonly WebApplication _application;

    private ApiListener(WebApplication application, ApiCertificate? certificate, Uri address)
    {
        _application = application;
        Certificate = certificate;
        Address = address;
    }

    /// <summary>Null on plain HTTP.</summary>
    public ApiCertificate? Certificate { get; }

    public Uri Address { get; }

    /// <summary>Loads what <see cref="OpenAsync"/> would load.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">certfile, keyfile or cafile cannot be loaded.</exception>
    public static void Check(RestApiOptions options)
    {
        if (options.IsTls)
        {
            _ = new ApiCertificate(options);
        }
    }

    public static async Task<ApiListener> OpenAsync(
        RestApiOptions options, RequestDelegate answer, CancellationToken aborted)
    {
        var certificate = options.IsTls ? new ApiCertificate(options) : null;
        var endpoint = await EndpointOfAsync(options, aborted);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = CloseBound);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Limit(kestrel);
            kestrel.Listen(endpoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate.Handshake);
                }
            });
        });
        var application = builder.Build();
        application.Run(answer);
        try
        {
            await application.StartAsync(aborted);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new ApiListener(application, certificate, new Uri(application.Urls.First()));
    }

    public async Task CloseAsync(CancellationToken aborted)
    {
        await _application.StopAsync(aborted);
        await _application.DisposeAsync();
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 256;
        kestrel.Limits.MaxRequestBodySize = ApiBody.LengthMax;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
    }

    private static async Task<IPEndPoint> EndpointOfAsync(RestApiOptions options, CancellationToken aborted)
    {
        if (options.ListenHost is "" or "*")
        {
            return new IPEndPoint(System.Net.Sockets.Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, options.ListenPort);
        }

        if (IPAddress.TryParse(options.ListenHost, out var literal))
        {
            return new IPEndPoint(literal, options.ListenPort);
        }

        var addresses = await Dns.GetHostAddressesAsync(options.ListenHost, aborted);
        return new IPEndPoint(addresses[0], options.ListenPort);
    }
}
