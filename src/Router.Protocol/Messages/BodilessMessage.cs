namespace Router.Protocol.Messages;

/// <summary>Messages that are a type and a length word; each is there as the bytes of the wire.</summary>
public static class BodilessMessage
{
    public static ReadOnlySpan<byte> ParseComplete => [MessageType.ParseComplete, 0, 0, 0, 4];

    public static ReadOnlySpan<byte> BindComplete => [MessageType.BindComplete, 0, 0, 0, 4];

    public static ReadOnlySpan<byte> CloseComplete => [MessageType.CloseComplete, 0, 0, 0, 4];

    public static ReadOnlySpan<byte> NoData => [MessageType.NoData, 0, 0, 0, 4];

    public static ReadOnlySpan<byte> EmptyQueryResponse => [MessageType.EmptyQueryResponse, 0, 0, 0, 4];

    public static ReadOnlySpan<byte> PortalSuspended => [MessageType.PortalSuspended, 0, 0, 0, 4];

    public static ReadOnlySpan<byte> Sync => [MessageType.Sync, 0, 0, 0, 4];

    public static ReadOnlySpan<byte> Flush => [MessageType.Flush, 0, 0, 0, 4];

    public static ReadOnlySpan<byte> Terminate => [MessageType.Terminate, 0, 0, 0, 4];
}
