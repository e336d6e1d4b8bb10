using Router.Protocol;
using Router.Protocol.Authentication;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Transport;

namespace Router.Proxy.Sessions;

/// <summary>
/// What a server asks of a client that logs in there itself, through here. SCRAM-SHA-256-PLUS would bind the login to the
/// server's certificate, which the client has not seen: its TLS, where it has any, ends here. So that is left out.
/// </summary>
internal static class LoginOffer
{
    /// <summary>Passes the first messages on, up to the one that asks.</summary>
    /// <exception cref="TransportException">A connection failed, or the server sent what no server may send.</exception>
    public static async Task PassAsync(IConnection client, IConnection backend, CancellationToken aborted)
    {
        try
        {
            await PassUncheckedAsync(client, backend, aborted);
        }
        catch (InvalidDataException malformed)
        {
            throw new TransportException($"the server sent {malformed.Message}", malformed);
        }
    }

    private static async Task PassUncheckedAsync(IConnection client, IConnection backend, CancellationToken aborted)
    {
        while (await MessageReader.ReadAsync(backend, FrameSide.Backend, aborted) is { } message)
        {
            var writer = new FrameWriter();
            if (message.Type == MessageType.Authentication && AuthenticationSasl.Parse(message.Body) is { } offer)
            {
                new AuthenticationSasl(offer.Mechanisms.Remove(ScramMechanism.Sha256Plus)).Write(writer);
            }
            else
            {
                writer.Begin(message.Type).Bytes(message.Body).End();
            }

            await client.Output.WriteAsync(writer.Written, aborted);
            if (message.Type is MessageType.Authentication or MessageType.ErrorResponse)
            {
                return;
            }
        }
    }
}
