using Etcdserverpb;
using Grpc.Net.Client;

namespace Router.Dcs.Etcd;

/// <summary>One member of etcd: its channel and the stubs on it.</summary>
internal sealed class EtcdEndpoint : IDisposable
{
    private const int AnswerBytesMax = 16 * 1024 * 1024;
    private readonly GrpcChannel _channel;

    public EtcdEndpoint(Uri address, EtcdSettings settings, TimeProvider time)
    {
        Address = address;
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = EtcdHttp.CreateHandler(settings, time),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = AnswerBytesMax,
        });
        Keys = new KV.KVClient(_channel);
        Leases = new Lease.LeaseClient(_channel);
        Watches = new Watch.WatchClient(_channel);
        Authentication = new Auth.AuthClient(_channel);
        Maintenance = new Maintenance.MaintenanceClient(_channel);
    }

    public Uri Address { get; }

    public KV.KVClient Keys { get; }

    public Lease.LeaseClient Leases { get; }

    public Watch.WatchClient Watches { get; }

    public Auth.AuthClient Authentication { get; }

    public Maintenance.MaintenanceClient Maintenance { get; }

    public void Dispose() => _channel.Dispose();

    /// <summary>Scheme, host and port, as a log names it.</summary>
    public override string ToString() => Address.GetLeftPart(UriPartial.Authority);
}
