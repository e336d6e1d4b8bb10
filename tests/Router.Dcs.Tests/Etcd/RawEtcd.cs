using Etcdserverpb;
using Google.Protobuf;
using Grpc.Net.Client;

namespace Router.Dcs.Tests.Etcd;

/// <summary>Writes what our own code never would.</summary>
internal sealed class RawEtcd(Uri address) : IDisposable
{
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(address);

    public async Task PutAsync(string key, byte[] value) => await new KV.KVClient(_channel).PutAsync(
        new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFrom(value) });

    public void Dispose() => _channel.Dispose();
}
