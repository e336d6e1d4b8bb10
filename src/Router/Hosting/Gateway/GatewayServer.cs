using Router.Agent.Api;
using Router.Agent.Observation;
using Router.Cluster;
using Yarp.ReverseProxy.Forwarder;

namespace Router.Hosting.Gateway;

/// <summary>
/// The proxy's operations port: health, metrics, and a gateway that reads (never changes) the agents of the cluster. It
/// has threads and memory of its own; the data plane is read by snapshots only.
/// </summary>
internal sealed class GatewayServer(GatewayOptions options, IProxyHealth health, ILogger<GatewayServer> log) : IAsyncDisposable
{
    private static readonly TimeSpan CloseBound = TimeSpan.FromSeconds(5);

    private volatile ClusterView? _view;
    private WebApplication? _application;
    private volatile HttpMessageInvoker _agents = CreateAgentClient(options.AgentTls);

    /// <summary>Where it listens, with the real port.</summary>
    public Uri Address => _application is { } application
        ? new Uri(application.Urls.First())
        : throw new InvalidOperationException("The operations port has not been opened.");

    /// <summary>Requests from now on go by this view; those under way end where they began.</summary>
    public void Update(ClusterView view) => _view = view;

    /// <summary>Requests from now on go to the agents by these options; those under way through the former ones fail.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file of the options cannot be loaded.</exception>
    public void Use(MemberProbeOptions tls)
    {
        var former = _agents;
        _agents = CreateAgentClient(tls);
        former.Dispose();
    }

    /// <exception cref="IOException">The address is taken or not of this machine.</exception>
    public async Task StartAsync(CancellationToken aborted)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = CloseBound);
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 256;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
            kestrel.Listen(options.Listen);
        });
        _application = builder.Build();
        var forwarder = _application.Services.GetRequiredService<IHttpForwarder>();
        _application.Run(context => AnswerAsync(context, forwarder));
        await _application.StartAsync(aborted);
        GatewayLog.Listening(log, Address);
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is { } application)
        {
            _application = null;
            await application.StopAsync();
            await application.DisposeAsync();
        }

        _agents.Dispose();
    }

    private async Task AnswerAsync(HttpContext context, IHttpForwarder forwarder)
    {
        var (request, response) = (context.Request, context.Response);
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method))
        {
            response.Headers.Allow = "GET, HEAD, OPTIONS";
            await GatewayReply.WriteAsync(
                context, StatusCodes.Status405MethodNotAllowed, "only GET, HEAD and OPTIONS pass here");
        }
        else if (GatewayTarget.IsGatewayPath(request.Path))
        {
            await ForwardAsync(context, forwarder);
        }
        else
        {
            await AnswerItselfAsync(context);
        }
    }

    private async Task AnswerItselfAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/livez":
                await GatewayReply.WriteAsync(context, StatusCodes.Status200OK, "alive");
                break;
            case "/healthz" when health.WhyNoPrimary is { } reason:
                await GatewayReply.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, reason);
                break;
            case "/healthz":
                await GatewayReply.WriteAsync(context, StatusCodes.Status200OK, "a primary is routable");
                break;
            case "/metrics":
                await GatewayReply.WriteMetricsAsync(context, health);
                break;
            default:
                await GatewayReply.WriteAsync(context, StatusCodes.Status404NotFound,
                    "there are /healthz, /livez, /metrics, /cluster/... and /members/NAME/...");
                break;
        }
    }

    private async Task ForwardAsync(HttpContext context, IHttpForwarder forwarder)
    {
        switch (GatewayTarget.Of(context.Request.Path, _view))
        {
            case GatewayTarget.Refused refused:
                await GatewayReply.WriteAsync(context, refused.Status, refused.Reason);
                break;
            case GatewayTarget.Agent agent:
                await ForwardAsync(context, forwarder, agent);
                break;
        }
    }

    private async Task ForwardAsync(HttpContext context, IHttpForwarder forwarder, GatewayTarget.Agent agent)
    {
        var request = new ForwarderRequestConfig { ActivityTimeout = options.AgentTimeout };
        var error = await forwarder.SendAsync(context, agent.Base, _agents, request, new AgentTransformer(agent));
        if (error is ForwarderError.None or ForwarderError.RequestCanceled)
        {
            return;
        }

        GatewayLog.AgentUnreachable(log, agent.Base, error);
        if (!context.Response.HasStarted)
        {
            var status = error == ForwarderError.RequestTimedOut
                ? StatusCodes.Status504GatewayTimeout
                : StatusCodes.Status502BadGateway;
            await GatewayReply.WriteAsync(context, status, "the agent did not answer");
        }
    }

    private static HttpMessageInvoker CreateAgentClient(MemberProbeOptions tls) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        SslOptions = MemberProbeClient.CreateTls(tls),
    });
}
