using Router.Protocol;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Routing;
using Router.Transport;

namespace Router.Proxy.Pooling;

/// <summary>Opens a server connection for a pool and logs it in.</summary>
internal sealed class BackendFactory(BackendPool pool, PoolServices services)
{
    /// <summary>Never throws.</summary>
    public async Task<Made> OpenAsync(RouteDecision.Use route, StartupProfile profile, CancellationToken closing)
    {
        var timeout = services.Options.Now.ServerConnectTimeout;
        try
        {
            var opening = await services.Opener.OpenAsync(
                pool.Loop, route, profile.ToPacket(pool.Key, pool.Database), isPassedThrough: false, timeout, closing);
            if (opening is BackendOpening.Opened opened)
            {
                return await LogInAsync(opened.Backend, profile, timeout, closing);
            }

            var failed = (BackendOpening.Failed)opening;
            ReportStandby(failed.IsStandby, route.Identity);
            return Failed(failed.Reason);
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            return Failed("the pool was closed");
        }
    }

    private async Task<Made> LogInAsync(
        BackendConnection backend, StartupProfile profile, TimeSpan timeout, CancellationToken closing)
    {
        var isKept = false;
        using var deadline = new CancellationTokenSource(timeout, pool.Loop.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, closing);
        try
        {
            var user = pool.Key.User;
            var password = (user == pool.Database.Target.User ? pool.Database.Password : null)
                ?? services.Secrets.ProvenOf(user) ?? services.Options.Now.Pool!.Users.Find(user) ?? services.Secrets.FetchedOf(user);
            var outcome = await new BackendLogin(backend.Connection, user, password, services.Secrets).RunAsync(either.Token);
            switch (outcome)
            {
                case LoginOutcome.Done done when IsStandby(done) && backend.Identity is not null:
                    ReportStandby(isStandby: true, backend.Identity);
                    return Failed($"{backend.Member.Name}: the server is in recovery");
                case LoginOutcome.Done done:
                    var (now, id) = (pool.Loop.Time.GetTimestamp(), services.Counters.NextConnectionId());
                    var made = new PooledBackend(pool, backend, profile, done, now, id);
                    if (await PrepareAsync(made, timeout) is { } problem)
                    {
                        return Failed($"{backend.Member.Name}: {problem}");
                    }

                    isKept = true;
                    return new Made(made, null);
                case LoginOutcome.Refused refused when IsPassing(refused.Error):
                    return Failed($"{backend.Member.Name}: {refused.Error.Message}");
                case LoginOutcome.Refused refused:
                    ProxyLog.ServerLoginRefused(
                        services.Logger, backend.Member.Name, pool.Key.Database, pool.Key.User, refused.Error.Code,
                        refused.Error.Message);
                    return new Made(null, refused.Error);
                default:
                    return Failed($"{backend.Member.Name}: {((LoginOutcome.Broken)outcome).Reason}");
            }
        }
        catch (TransportException lost)
        {
            return Failed(lost.Message);
        }
        catch (OperationCanceledException)
        {
            return Failed($"{backend.Member.Name}: no login within {timeout.TotalSeconds:0.###} s");
        }
        finally
        {
            if (!isKept)
            {
                await backend.DisposeAsync();
            }
        }
    }

    /// <summary>Runs connect_query; its errors are only logged. Null where the connection can be used.</summary>
    private async Task<string?> PrepareAsync(PooledBackend backend, TimeSpan timeout) =>
        pool.Database.Target.ConnectQuery is { } query && !backend.Profile.IsReplication
            ? await BackendErrand.RunAsync(
                backend, query, pool.Loop.Time, timeout, onError: error => ProxyLog.ConnectQueryFailed(
                    services.Logger, pool.Key.Database, error.Code, error.Message))
            : null;

    private Made Failed(string reason)
    {
        ProxyLog.BackendOpenFailed(services.Logger, reason);
        return default;
    }

    private void ReportStandby(bool isStandby, PrimaryIdentity? identity)
    {
        if (isStandby && identity is not null)
        {
            services.Views.ReportStandby(identity);
        }
    }

    private static bool IsStandby(LoginOutcome.Done login) => login.Parameters.Find("in_hot_standby") == "on";

    /// <summary>The server is starting or stopping: that passes, and says nothing of the client.</summary>
    private static bool IsPassing(ErrorResponse error) =>
        error.Code is SqlState.CannotConnectNow or SqlState.AdminShutdown or SqlState.CrashShutdown;

    /// <param name="Backend">Null where it failed.</param>
    /// <param name="Refusal">The server's words to the client; null where the attempt may be repeated.</param>
    internal readonly record struct Made(PooledBackend? Backend, ErrorResponse? Refusal);
}
