using System.Collections.Immutable;
using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>Asks for a SASL exchange by one of these mechanisms, the one that the backend likes best first.</summary>
public sealed record AuthenticationSasl(ImmutableArray<string> Mechanisms)
{
    public static AuthenticationSasl? Parse(ReadOnlySpan<byte> body)
    {
        if (!AuthenticationRequest.TryRead(body, AuthenticationKind.Sasl, out var rest))
        {
            return null;
        }

        var reader = new BodyReader(rest);
        var mechanisms = ImmutableArray.CreateBuilder<string>();
        while (reader.TryReadText(out var mechanism))
        {
            if (mechanism.Length == 0)
            {
                return reader.Remaining == 0 ? new AuthenticationSasl(mechanisms.ToImmutable()) : null;
            }

            mechanisms.Add(mechanism);
        }

        return null;
    }

    public void Write(FrameWriter writer)
    {
        writer.Begin(MessageType.Authentication).Int32((int)AuthenticationKind.Sasl);
        foreach (var mechanism in Mechanisms)
        {
            writer.Text(mechanism);
        }

        writer.Byte(0).End();
    }

    public bool Equals(AuthenticationSasl? other) =>
        other is not null && Mechanisms.AsSpan().SequenceEqual(other.Mechanisms.AsSpan());

    public override int GetHashCode() => Mechanisms.Length;
}
