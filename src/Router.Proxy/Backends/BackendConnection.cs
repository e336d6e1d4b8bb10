using System.Net;
using Router.Proxy.Routing;
using Router.Transport;

namespace Router.Proxy.Backends;

/// <summary>
/// One connection to a member, owned by the session that opened it. Disposing closes it; PostgreSQL rolls back what was
/// open and ends the backend.
/// </summary>
internal sealed class BackendConnection : IAsyncDisposable
{
    private readonly MemberLoads _loads;
    private bool _isClosed;

    public BackendConnection(
        IConnection connection, EndPoint endPoint, RoutedMember member, PrimaryIdentity? identity, MemberLoads loads)
    {
        Connection = connection;
        EndPoint = endPoint;
        Member = member;
        Identity = identity;
        _loads = loads;
        loads.Opened(member.Name);
    }

    public IConnection Connection { get; }

    /// <summary>The address that was reached.</summary>
    public EndPoint EndPoint { get; }

    public RoutedMember Member { get; }

    public CancelAddress CancelAddress => new(EndPoint, Member.Address.Host, Connection.Tls is not null);

    /// <summary>The primary at the time of opening; null for a replica.</summary>
    public PrimaryIdentity? Identity { get; }

    public async ValueTask DisposeAsync()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _loads.Closed(Member.Name);
            await Connection.DisposeAsync();
        }
    }
}
