namespace Router.Protocol.Messages;

/// <summary>One name and value of a StartupMessage.</summary>
public readonly record struct StartupParameter(string Name, string Value)
{
    /// <summary>Names with this beginning are options of the protocol, never settings of the server.</summary>
    public const string ProtocolOptionPrefix = "_pq_.";

    public bool IsProtocolOption => Name.StartsWith(ProtocolOptionPrefix, StringComparison.Ordinal);
}
