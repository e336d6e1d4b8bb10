using System.Net;
using Router.Transport.Loops;

namespace Router.Transport.Linux;

/// <summary>A connection on a descriptor: what does not depend on how its loop waits.</summary>
internal abstract class DescriptorConnection : StreamConnection
{
    protected DescriptorConnection(Loop loop, int descriptor)
        : base(loop) => Descriptor = descriptor;

    protected int Descriptor { get; }

    protected override void ShutdownCore() => _ = Native.Shutdown(Descriptor);

    protected override string Describe(int error) => Native.Describe(error);

    protected override EndPoint? ReadLocalEndPoint() => SocketAddresses.Read(Descriptor, isPeer: false);

    protected override EndPoint? ReadRemoteEndPoint() => SocketAddresses.Read(Descriptor, isPeer: true);

    protected override PeerCredentials? ReadPeerCredentials() => Native.GetPeerCredentials(Descriptor);
}
