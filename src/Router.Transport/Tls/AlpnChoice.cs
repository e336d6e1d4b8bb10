using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Router.Transport.Tls;

/// <summary>A server's choice among the application protocols that a client offers.</summary>
internal static unsafe class AlpnChoice
{
    /// <summary>
    /// Takes the only name that <paramref name="wanted"/> points to, a length byte and its text, or ends the handshake:
    /// a client that speaks something else is at the wrong address, or led there.
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Select(
        nint ssl, byte** chosen, byte* chosenLength, byte* offered, uint offeredLength, byte* wanted)
    {
        var name = new ReadOnlySpan<byte>(wanted + 1, *wanted);
        for (uint at = 0; at < offeredLength; at += 1u + offered[at])
        {
            var length = offered[at];
            if (at + 1 + length <= offeredLength && new ReadOnlySpan<byte>(offered + at + 1, length).SequenceEqual(name))
            {
                *chosen = offered + at + 1;
                *chosenLength = length;
                return OpenSsl.AlpnOk;
            }
        }

        return OpenSsl.AlpnAlertFatal;
    }
}
