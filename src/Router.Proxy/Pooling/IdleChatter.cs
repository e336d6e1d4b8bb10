using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Transport;

namespace Router.Proxy.Pooling;

/// <summary>What a server says on a connection that nobody uses: PostgreSQL may do so between any two messages.</summary>
internal static class IdleChatter
{
    /// <summary>Hears what has arrived. Null where the connection goes on; else why it does not.</summary>
    public static string? Read(PooledBackend backend)
    {
        try
        {
            bool isEnd;
            while (MessageReader.TryRead(backend.Connection, FrameSide.Backend, out isEnd) is { } message)
            {
                switch (message.Type)
                {
                    case MessageType.ParameterStatus when ParameterStatus.Parse(message.Body) is { } reported:
                        backend.Parameters = backend.Parameters.With(reported);
                        break;
                    case MessageType.NoticeResponse or MessageType.NotificationResponse:
                        break;
                    case MessageType.ErrorResponse:
                        return $"the server ended it: {ErrorResponse.Parse(message.Body)?.Message}";
                    default:
                        return $"the server sent a message of type 0x{message.Type:x2} that nobody asked for";
                }
            }

            return isEnd ? "the server closed the connection" : null;
        }
        catch (Exception lost) when (lost is TransportException or InvalidDataException)
        {
            return lost.Message;
        }
    }
}
