using Microsoft.Extensions.Logging;
using Router.Protocol.Authentication;
using Router.Proxy.Console;
using Router.Proxy.Manners;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;
using Router.Transport;

namespace Router.Proxy.Authentication;

/// <summary>
/// Finds what is stored of a user's password: in the user list, else by <c>auth_query</c> on a server connection of
/// <c>auth_user</c>. The answer is asked for anew at each login, so that a changed password holds at once.
/// </summary>
internal sealed class UserLookup(
    IEventLoop loop,
    ListenerKind kind,
    PoolDirectories pools,
    PoolOperator orders,
    LoginSecrets secrets,
    Personality personality,
    ILogger logger)
{
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    public async Task<UserLookupOutcome> FindAsync(string user, string database, PoolOptions pooling, CancellationToken cut)
    {
        if (pooling.Users.Find(user) is { } listed)
        {
            return new UserLookupOutcome.Known(listed);
        }

        var entry = pooling.Databases.Find(database);
        var name = entry?.AuthDatabase ?? pooling.AuthDatabase ?? database;
        if ((entry?.AuthUser ?? pooling.AuthUser) is not { Length: > 0 } account || name == AdminConsole.Database
            || pooling.Databases.Find(name) is not { } target)
        {
            return new UserLookupOutcome.Unknown();
        }

        if (orders.Now.Disabled.Contains(name))
        {
            return new UserLookupOutcome.Failed(Refusals.AuthDatabaseDisabled(name).In(personality));
        }

        var pool = pools.Of(loop).Get(new PoolKey(kind, name, account), target);
        return await AskAsync(pool, entry?.AuthQuery ?? pooling.AuthQuery, user, cut);
    }

    private async Task<UserLookupOutcome> AskAsync(BackendPool pool, string sql, string user, CancellationToken cut)
    {
        var ticket = new PoolTicket(loop, StartupProfile.Empty) { IsLogin = true };
        if (pool.TryTake(ticket) is not { } backend)
        {
            await using var leaving = cut.UnsafeRegister(_ => loop.Post(_ => pool.Leave(ticket), null), null);
            var answer = await pool.TakeAsync(ticket);
            cut.ThrowIfCancellationRequested();
            if (answer.Backend is null)
            {
                return new UserLookupOutcome.Failed(answer.Refusal ?? Refusals.BadAuthSetup.In(personality));
            }

            backend = answer.Backend;
        }

        try
        {
            return Judge(await SecretQuery.RunAsync(backend, sql, user, cut), pool, user);
        }
        catch (Exception lost) when (lost is TransportException or InvalidDataException or OperationCanceledException)
        {
            backend.CloseReason ??= "auth_query was not answered";
            cut.ThrowIfCancellationRequested();
            ProxyLog.AuthQueryFailed(logger, pool.Key.Database, pool.Key.User, lost.Message);
            return new UserLookupOutcome.Failed(Refusals.BadAuthSetup.In(personality));
        }
        finally
        {
            pool.Return(backend);
        }
    }

    private UserLookupOutcome Judge(SecretQuery.Answer answer, BackendPool pool, string user)
    {
        if (answer.Problem is { } problem)
        {
            ProxyLog.AuthQueryFailed(logger, pool.Key.Database, pool.Key.User, problem);
            return new UserLookupOutcome.Failed(Refusals.BadAuthSetup.In(personality));
        }

        if (!answer.IsFound)
        {
            return new UserLookupOutcome.Unknown();
        }

        var password = answer.Secret is { } secret ? StoredPassword.Parse(secret) : null;
        if (password is not null)
        {
            secrets.LearnFetched(user, password);
        }

        return new UserLookupOutcome.Known(password);
    }
}
