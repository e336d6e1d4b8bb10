using System.Collections.Immutable;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Proxy.Pooling;

/// <summary>
/// The session defaults that a server connection was started with: every startup parameter of a client but the tracked
/// ones, <c>options</c> too. A client gets a connection that was started with its own, so that RESET gives what it should.
/// A walsender has all of its client's parameters, for it understands no SET.
/// </summary>
internal sealed record StartupProfile(ImmutableArray<StartupParameter> Parameters)
{
    private const string ReplicationName = "replication";

    public static StartupProfile Empty { get; } = new(ImmutableArray<StartupParameter>.Empty);

    /// <summary>PgBouncer's word for what the walsender sends; null where it is an ordinary backend.</summary>
    public string? Replication { get; private init; }

    /// <summary>Its connections serve one client each.</summary>
    public bool IsReplication => Replication is not null;

    public static StartupProfile Of(StartupMessage startup)
    {
        var isReplication = startup.IsReplication;
        return new(
        [
            .. startup.Parameters.Where(parameter =>
                parameter.Name is not ("user" or "database")
                && !parameter.Name.StartsWith("_pq_.", StringComparison.Ordinal)
                && (isReplication || (parameter.Name != ReplicationName && !TrackedParameters.Contains(parameter.Name)))),
        ])
        {
            Replication = !isReplication ? null : startup.Find(ReplicationName) == "database" ? "logical" : "physical",
        };
    }

    /// <summary>The packet that starts a connection of this profile.</summary>
    public ReadOnlyMemory<byte> ToPacket(PoolKey key, DatabaseOptions options)
    {
        var writer = new FrameWriter();

        // Said only where it is not the user's name anyway: so our packet is never longer than a client's may be.
        var name = options.Target.ServerDatabase ?? key.Database;
        StartupParameter[] database = name == key.User ? [] : [new("database", name)];
        var startup = new StartupMessage(
            ProtocolVersion.V30, [new("user", key.User), .. database, .. options.Parameters, .. Parameters]);
        startup.Write(writer);
        return writer.Written;
    }

    public bool Equals(StartupProfile? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan()));

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var parameter in Parameters)
        {
            hash.Add(parameter);
        }

        return hash.ToHashCode();
    }
}
