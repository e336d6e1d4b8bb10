using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Authentication;
using Router.Proxy.Console;
using Router.Proxy.Listening;
using Router.Proxy.Manners;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// Lets one client into its pool or the console: who it is, which database it wants, whether there is room for it. Nobody
/// hears what there is before it is known who asks.
/// </summary>
/// <param name="loginDeadline">Cuts the session when the login takes too long, until it is disposed of.</param>
internal sealed class PooledAdmission(
    IConnection client, ListenerKind kind, SessionServices services, Func<ITimer> loginDeadline)
{
    /// <summary>The console's user who needs no password where the same account runs both ends of a unix socket.</summary>
    private const string Owner = "pgbouncer";

    private Personality Personality => services.Options.Now.Personality;

    /// <exception cref="TransportException">The connection failed.</exception>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    public async Task<Admission> RunAsync(StartupMessage startup, PoolOptions pooling, CancellationToken cut)
    {
        if (startup.User is not { Length: > 0 } user)
        {
            return Refuse(Refusals.NoUserName);
        }

        if (!startup.IsReplicationValid)
        {
            return new Admission.Refused(Refusals.In(Personality, ErrorResponse.Fatal(
                SqlState.InvalidParameterValue, $"invalid value for parameter \"replication\": \"{startup.Find("replication")}\"")
                with
            { Hint = "Valid values are: \"false\", 0, \"true\", 1, \"database\"." }));
        }

        if (startup is { IsReplication: true, Database: AdminConsole.Database })
        {
            return Refuse(Refusals.NoReplication);
        }

        var negotiated = NegotiateProtocolVersion.For(startup);
        if (negotiated is not null)
        {
            var writer = new FrameWriter();
            negotiated.Write(writer);
            await client.Output.WriteAsync(writer.Written, cut);
        }

        var version = negotiated?.Version ?? startup.Version;
        if (startup.Database == AdminConsole.Database && IsOwner(user))
        {
            return new Admission.ToConsole(ConsoleRights.Admin, startup with { Version = version });
        }

        return await AuthenticateAsync(user, startup, pooling, cut)
            ?? (startup.Database == AdminConsole.Database
                ? ToConsole(user, pooling, startup with { Version = version })
                : ToPool(user, startup with { Version = version }, pooling));
    }

    /// <summary>Null where the client is who it says.</summary>
    private async Task<Admission?> AuthenticateAsync(
        string user, StartupMessage startup, PoolOptions pooling, CancellationToken cut)
    {
        var database = startup.Database!;
        if (pooling.Authentication == AuthType.Any && pooling.Databases.Find(database) is { Target.User: null, Target.Servers.Count: > 0 })
        {
            return Refuse(Refusals.AnyNeedsUser);
        }

        var facts = AuthPolicy.FactsOf(client, startup);
        if (AuthPolicy.DemandOf(pooling, facts) is not { } demand)
        {
            return Refuse(Refusals.NoHbaLine(facts));
        }

        await using var deadline = loginDeadline();
        var known = demand.Type is AuthType.Any or AuthType.Reject or AuthType.Pam or AuthType.Ldap
            ? new UserLookupOutcome.Unknown()
            : await new UserLookup(
                client.Loop, kind, services.Pools, services.Operator, services.Secrets, Personality, services.Logger)
                .FindAsync(user, database, pooling, cut);
        if (known is UserLookupOutcome.Failed failed)
        {
            return new Admission.Refused(failed.Error);
        }

        var outcome = await new ClientAuthentication(
            client, user, demand, known, pooling.Users.HasScram || services.Secrets.HasFetchedScram,
            services.Secrets, services.Accounts, services.Authorities, Personality).RunAsync(cut);
        if (outcome is AuthOutcome.Granted && demand.Type is not (AuthType.Pam or AuthType.Ldap))
        {
            services.Secrets.ForgetProven(user);
        }

        return outcome switch
        {
            AuthOutcome.Granted => null,
            AuthOutcome.Refused refused => new Admission.Refused(refused.Error),
            _ => new Admission.Left(),
        };
    }

    private Admission ToConsole(string user, PoolOptions pooling, StartupMessage startup) =>
        pooling.AdminUsers.Contains(user) ? new Admission.ToConsole(ConsoleRights.Admin, startup)
        : pooling.StatsUsers.Contains(user) ? new Admission.ToConsole(ConsoleRights.Stats, startup)
        : Refuse(Refusals.NotOnConsole(user));

    private Admission ToPool(string user, StartupMessage startup, PoolOptions pooling)
    {
        var name = startup.Database!;
        var orders = services.Operator.Now;
        if (orders.IsShuttingDown)
        {
            return Refuse(Refusals.ShuttingDown);
        }

        if (pooling.Databases.Find(name) is not { } database)
        {
            return Refuse(Refusals.NoSuchDatabase(name));
        }

        if (orders.Disabled.Contains(name))
        {
            return Refuse(Refusals.DatabaseDisabled(name));
        }

        var verdict = services.Clients.TryEnter(
            name, database.Overrides.MaxDatabaseClients ?? pooling.MaxDatabaseClients,
            user, pooling.Databases.OverridesOf(user).MaxUserClients ?? pooling.MaxUserClients);
        if (verdict != ClientLimitVerdict.Granted)
        {
            return Refuse(verdict == ClientLimitVerdict.DatabaseFull
                ? Refusals.TooManyClientsOfDatabase
                : Refusals.TooManyClientsOfUser);
        }

        var pool = services.Pools.Of(client.Loop).Get(new PoolKey(kind, name, database.PoolUserOf(user)), database);
        return new Admission.ToPool(pool, StartupWishes.Of(startup, pooling, client.RemoteEndPoint), user);
    }

    private bool IsOwner(string user) =>
        user == Owner && services.Options.Now.ConsoleOwner is { } owner && client.PeerCredentials?.UserId == owner;

    private Admission.Refused Refuse(Refusal refusal) => new(refusal.In(Personality));
}
