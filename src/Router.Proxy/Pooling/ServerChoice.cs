using System.Collections.Immutable;
using System.Globalization;
using Router.Cluster;
using Router.Proxy.Routing;

namespace Router.Proxy.Pooling;

/// <summary>Which server of a list in the configuration the next connection of a pool goes to. Used on the pool's loop only.</summary>
internal sealed class ServerChoice(DatabaseTarget target)
{
    private readonly ImmutableArray<RoutedMember> _servers =
    [
        .. target.Servers.Select(static server => new RoutedMember(new MemberName(NameOf(server)), server) { IsFixed = true }),
    ];

    private int _at;

    /// <summary>Null where the cluster decides.</summary>
    public static ServerChoice? Of(DatabaseTarget target) => target.Servers.Count > 0 ? new ServerChoice(target) : null;

    public int Count => _servers.Length;

    public RoutedMember Current => _servers[_at];

    /// <summary>A connection to <see cref="Current"/> is being opened.</summary>
    public void OnOpening() => MoveOn(isWanted: !target.StaysOnOneServer);

    public void OnFailed() => MoveOn(isWanted: target.StaysOnOneServer);

    private void MoveOn(bool isWanted) => _at = isWanted ? (_at + 1) % _servers.Length : _at;

    private static string NameOf(MemberAddress server) => server.IsUnixSocket
        ? string.Create(CultureInfo.InvariantCulture, $"{server.Host}:{server.Port}")
        : server.ToString();
}
