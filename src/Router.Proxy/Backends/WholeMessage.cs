namespace Router.Proxy.Backends;

/// <summary>A whole message that was taken from a connection.</summary>
internal readonly record struct WholeMessage(byte Type, byte[] Body);
