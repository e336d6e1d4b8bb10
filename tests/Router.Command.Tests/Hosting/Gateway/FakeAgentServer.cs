using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Router.Command.Tests.Hosting.Gateway;

/// <summary>An HTTP server that notes what it is asked and answers with its name.</summary>
internal sealed class FakeAgentServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private FakeAgentServer(WebApplication application) => _application = application;

    public string ApiUrl => $"{_application.Urls.First()}/patroni";

    public List<string> Requests { get; } = [];

    public IHeaderDictionary LastHeaders { get; private set; } = new HeaderDictionary();

    public static async Task<FakeAgentServer> StartAsync(string name, int status = 200, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var server = new FakeAgentServer(builder.Build());
        server._application.Run(async context =>
        {
            server.Requests.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            server.LastHeaders = new HeaderDictionary(context.Request.Headers.ToDictionary());
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(HttpMethods.IsHead(context.Request.Method) ? "" : name);
        });
        await server._application.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
