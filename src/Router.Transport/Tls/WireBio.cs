using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Router.Transport.Tls;

/// <summary>
/// The BIO between OpenSSL and a loop's <see cref="WireWindow"/>. Unlike OpenSSL's own memory BIO it owns no memory: an
/// idle connection keeps no ciphertext buffer of the largest piece that it ever moved.
/// </summary>
internal static unsafe class WireBio
{
    private static readonly nint Method = CreateMethod();

    /// <summary>A BIO on <paramref name="window"/>, which lives as long as its loop. The session that gets it frees it.</summary>
    public static nint Create(WireWindow* window)
    {
        var bio = OpenSsl.BIO_new(Method);
        OpenSsl.BIO_set_data(bio, window);
        OpenSsl.BIO_set_init(bio, 1);
        return bio;
    }

    private static nint CreateMethod()
    {
        var method = OpenSsl.BIO_meth_new(OpenSsl.BIO_get_new_index() | OpenSsl.BioSourceSink, "router wire");
        _ = OpenSsl.BIO_meth_set_read(method, &Read);
        _ = OpenSsl.BIO_meth_set_write(method, &Write);
        _ = OpenSsl.BIO_meth_set_ctrl(method, &Control);
        return method;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* target, int length)
    {
        var window = (WireWindow*)OpenSsl.BIO_get_data(bio);
        OpenSsl.BIO_clear_flags(bio, OpenSsl.BioFlagsOfRetry);
        var count = Math.Min(length, window->InLength);
        if (count == 0)
        {
            OpenSsl.BIO_set_flags(bio, OpenSsl.BioRead | OpenSsl.BioShouldRetry);
            return -1;
        }

        Unsafe.CopyBlockUnaligned(target, window->In, (uint)count);
        window->In += count;
        window->InLength -= count;
        return count;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* source, int length)
    {
        var window = (WireWindow*)OpenSsl.BIO_get_data(bio);
        OpenSsl.BIO_clear_flags(bio, OpenSsl.BioFlagsOfRetry);
        var count = Math.Min(length, window->OutCapacity - window->OutLength);
        if (count == 0)
        {
            OpenSsl.BIO_set_flags(bio, OpenSsl.BioWrite | OpenSsl.BioShouldRetry);
            return -1;
        }

        Unsafe.CopyBlockUnaligned(window->Out + window->OutLength, source, (uint)count);
        window->OutLength += count;
        return count;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static CLong Control(nint bio, int command, CLong number, nint pointer) =>
        new(command == OpenSsl.BioControlFlush ? 1 : 0);
}
