using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Router.Transport.Tls;

/// <summary>
/// Owner of an SSL_CTX and of the protocol names that its callback looks at. Every session has a reference of its own to
/// the SSL_CTX, and its channel one to the context, so that neither outlives what it needs.
/// </summary>
internal sealed unsafe class SslContextHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private byte* _protocols;

    public SslContextHandle()
        : base(ownsHandle: true)
    {
    }

    /// <summary>Keeps a copy of <paramref name="protocols"/> for as long as the handle lives.</summary>
    public byte* Keep(ReadOnlySpan<byte> protocols)
    {
        _protocols = (byte*)NativeMemory.Alloc((nuint)protocols.Length);
        protocols.CopyTo(new Span<byte>(_protocols, protocols.Length));
        return _protocols;
    }

    public void Take(nint context) => SetHandle(context);

    protected override bool ReleaseHandle()
    {
        OpenSsl.SSL_CTX_free(handle);
        NativeMemory.Free(_protocols);
        return true;
    }
}
