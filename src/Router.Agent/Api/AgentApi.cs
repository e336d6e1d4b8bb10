using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Router.Agent.Observation;
using Router.Cluster;
using Router.Dcs;

namespace Router.Agent.Api;

/// <summary>
/// The agent's REST API. Health checks read the published snapshot and the clock, never PostgreSQL and never the store,
/// so that a flood of them costs neither anything.
/// </summary>
public sealed class AgentApi : IAsyncDisposable
{
    private const string ServerHeader = $"Patroni/{AgentVersion.Compatible}";

    private readonly IAgentStatus _status;
    private readonly IBootClock _clock;
    private readonly IAgentOperations _operations;
    private readonly IDcs _dcs;
    private readonly IMemberProbe _probe;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ApiRoutes _routes;
    private RestApiOptions _options;
    private volatile ApiAccess? _access;
    private ApiListener? _listener;

    public AgentApi(
        RestApiOptions options,
        IAgentStatus status,
        IBootClock clock,
        IAgentOperations operations,
        IDcs dcs,
        IMemberProbe probe,
        TimeProvider time,
        ILogger<AgentApi> log)
    {
        (_options, _status, _clock, _operations) = (options, status, clock, operations);
        (_dcs, _probe, _time, _log) = (dcs, probe, time, log);
        _routes = CreateRoutes();
    }

    /// <summary>Where it listens, with the real port.</summary>
    public Uri Address => _listener?.Address ?? throw new InvalidOperationException("The REST API has not been started.");

    /// <exception cref="IOException">The address is taken or not of this machine.</exception>
    /// <exception cref="CryptographicException">certfile, keyfile or cafile cannot be loaded.</exception>
    public async Task StartAsync(CancellationToken aborted)
    {
        _access = await CreateAccessAsync(_options, aborted);
        _listener = await ApiListener.OpenAsync(_options, AnswerAsync, aborted);
        AgentApiLog.Listening(_log, _listener.Address);
    }

    /// <summary>
    /// Takes a new configuration, or the same one after its files have changed. The port is closed and opened anew
    /// only where its address or its TLS settings are others; where that fails it goes on as it was.
    /// </summary>
    public async Task ReloadAsync(RestApiOptions options, CancellationToken aborted)
    {
        var access = await CreateAccessAsync(options, aborted);
        if (!_options.NeedsNewListener(options))
        {
            (_access, _options) = (access, options);
            ReloadCertificate();
        }
        else if (await TryReopenAsync(options, aborted))
        {
            (_access, _options) = (access, options);
        }
    }

    /// <summary>False: it serves as before, and the reason was logged.</summary>
    private async Task<bool> TryReopenAsync(RestApiOptions options, CancellationToken aborted)
    {
        try
        {
            // Before the port is closed: a file that cannot be used must not leave the member without its API.
            ApiListener.Check(options);
            if (options.ListensElsewhereThan(_options))
            {
                var next = await ApiListener.OpenAsync(options, AnswerAsync, aborted);
                await StopAsync(aborted);
                _listener = next;
            }
            else
            {
                await StopAsync(aborted);
                _listener = await ApiListener.OpenAsync(options, AnswerAsync, aborted);
            }
        }
        catch (Exception refused) when (IsUnusable(refused))
        {
            AgentApiLog.NotReopened(_log, options, refused.Message);
            _listener ??= await ApiListener.OpenAsync(_options, AnswerAsync, aborted);
            return false;
        }

        AgentApiLog.Listening(_log, _listener.Address);
        return true;
    }

    private static bool IsUnusable(Exception error) =>
        error is CryptographicException or IOException or UnauthorizedAccessException or SocketException;

    /// <summary>Stops accepting, and waits for the requests that run, at most five seconds.</summary>
    public async Task StopAsync(CancellationToken aborted)
    {
        if (_listener is { } listener)
        {
            _listener = null;
            await listener.CloseAsync(aborted);
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private ApiRoutes CreateRoutes()
    {
        var requests = new ClusterRequests(_dcs, _operations.Wake);
        return new ApiRoutes(
            _status,
            _clock,
            _operations,
            new ReadEndpoints(_status, _clock, _dcs),
            new ConfigEndpoint(_dcs, requests),
            new SwitchoverEndpoint(_status, _clock, _dcs, requests, _probe, _time, _log),
            new RestartEndpoint(_status, _operations, _time));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var access = _access ?? throw new InvalidOperationException("Requests come after the start only.");
        ApiReply reply;
        try
        {
            reply = await _routes.AnswerAsync(context, access);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: there is nobody to answer to.
            return;
        }

        var (request, peer) = (context.Request, context.Connection.RemoteIpAddress);
        AgentApiLog.Answered(_log, request.Method, request.Path, reply.Status, peer);
        await WriteAsync(context.Response, reply, context.RequestAborted);
    }

    private async Task WriteAsync(HttpResponse response, ApiReply reply, CancellationToken aborted)
    {
        response.StatusCode = reply.Status;
        response.Headers.Server = ServerHeader;
        if (reply.ContentType is null)
        {
            response.ContentLength = 0;
            return;
        }

        response.ContentType = reply.ContentType;
        foreach (var (name, value) in reply.Headers.Concat(_options.ExtraHeaders))
        {
            response.Headers[name] = value;
        }

        await response.WriteAsync(reply.Body, aborted);
    }

    private Task<ApiAccess> CreateAccessAsync(RestApiOptions options, CancellationToken aborted) => ApiAccess.CreateAsync(
        options, _time, entry => AgentApiLog.AllowlistEntryUnresolved(_log, entry), aborted);

    private void ReloadCertificate()
    {
        if (_listener?.Certificate is not { } certificate)
        {
            return;
        }

        try
        {
            if (certificate.Reload())
            {
                AgentApiLog.CertificateChanged(_log, certificate.SerialNumber);
            }
        }
        catch (Exception unusable) when (IsUnusable(unusable))
        {
            AgentApiLog.CertificateUnusable(_log, unusable, _options.CertFile ?? "");
        }
    }
}
