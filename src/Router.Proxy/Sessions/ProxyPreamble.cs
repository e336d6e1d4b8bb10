using System.Buffers;
using Router.Protocol;
using Router.Proxy.Listening;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// Takes a header of the PROXY protocol from a new connection, before anything of PostgreSQL's or TLS. From then on the
/// connection is its client's: for the HBA file, the log and the console.
/// </summary>
internal static class ProxyPreamble
{
    /// <returns>
    /// That the connection ends, without a word to whoever speaks another protocol than was agreed; null where it goes on.
    /// </returns>
    /// <exception cref="TransportException">The connection failed.</exception>
    /// <exception cref="OperationCanceledException">Too slow, or the session is to end.</exception>
    public static async Task<StartupOutcome?> TakeAsync(IConnection client, SessionServices services, CancellationToken aborted)
    {
        var peer = client.RemoteEndPoint;
        if (await ProblemAsync(client, services.Options.Now.ProxyProtocol, aborted) is not { } reason)
        {
            return null;
        }

        ProxyLog.HeaderRefused(services.Logger, peer, reason);
        return new StartupOutcome.Ended(reason);
    }

    private static async Task<string?> ProblemAsync(IConnection client, ProxyProtocolOptions options, CancellationToken aborted)
    {
        var isTrusted = options.Trusts(client.RemoteEndPoint);
        while (true)
        {
            var read = await client.Input.ReadAsync(aborted);
            var buffer = read.Buffer;
            if (buffer.IsEmpty || !ProxyHeader.IsFirstByte(buffer.FirstSpan[0]))
            {
                client.Input.AdvanceTo(buffer.Start);
                return isTrusted && options.Mode == ProxyProtocolMode.Require && !buffer.IsEmpty
                    ? "it began without the PROXY header that proxy_protocol requires"
                    : null;
            }

            if (!isTrusted)
            {
                client.Input.AdvanceTo(buffer.End);
                return "it sent a PROXY header, and its address is not in proxy_protocol_networks";
            }

            var start = buffer.Slice(0, Math.Min(buffer.Length, ProxyHeader.LengthMax));
            var status = ProxyHeader.TryRead(start.IsSingleSegment ? start.FirstSpan : start.ToArray(), out var header);
            if (status == ScanStatus.Taken)
            {
                client.Input.AdvanceTo(buffer.GetPosition(header.Length));
                if (header.Source is { } source)
                {
                    client.Represent(source);
                }

                return null;
            }

            client.Input.AdvanceTo(buffer.Start, buffer.End);
            if (status == ScanStatus.Malformed || read.IsCompleted)
            {
                return status == ScanStatus.Malformed ? "its PROXY header makes no sense" : "it ended within its PROXY header";
            }
        }
    }
}
