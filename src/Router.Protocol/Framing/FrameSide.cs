namespace Router.Protocol.Framing;

/// <summary>Who sends the messages of a stream; type bytes and length caps depend on it.</summary>
public enum FrameSide
{
    Frontend,
    Backend,
}
