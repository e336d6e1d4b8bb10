using System.Text;
using Router.Protocol.Messages;

namespace Router.Testing.Proxy;

/// <summary>A typed message as it came off the wire.</summary>
public sealed record WireMessage(char Type, byte[] Body)
{
    /// <summary>The message as an error; fails the test where it is none.</summary>
    public ErrorResponse Error =>
        Type == 'E' && ErrorResponse.Parse(Body) is { } error
            ? error
            : throw new InvalidOperationException($"no error but {this}");

    public override string ToString() => $"{Type}({Encoding.UTF8.GetString(Body)})";
}
