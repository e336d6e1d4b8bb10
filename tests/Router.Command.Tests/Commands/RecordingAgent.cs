using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Router.Command.Tests.Commands;

/// <summary>An agent that notes each request with its body and gives one answer.</summary>
internal sealed class RecordingAgent : IAsyncDisposable
{
    private readonly WebApplication _application;

    private RecordingAgent(WebApplication application) => _application = application;

    public string ApiUrl => $"{_application.Urls.First()}/patroni";

    public List<string> Requests { get; } = [];

    public static async Task<RecordingAgent> StartAsync(int status, string text)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var agent = new RecordingAgent(builder.Build());
        agent._application.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            agent.Requests.Add($"{context.Request.Method} {context.Request.Path} {await body.ReadToEndAsync()}");
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(text);
        });
        await agent._application.StartAsync();
        return agent;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
