using System.Collections.Immutable;
using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>
/// Tells a client which version it gets instead of the newer one it asked for, and which protocol options nobody here
/// knows. The version is the whole 3.x word, although the manual speaks of the minor number.
/// </summary>
public sealed record NegotiateProtocolVersion(ProtocolVersion Version, ImmutableArray<string> UnknownOptions)
{
    /// <summary>More than any StartupMessage can name, so a larger count is a lie.</summary>
    private const int OptionsMax = FrameLimits.StartupMax / 2;

    /// <summary>
    /// The answer of a server that speaks 3.0 and 3.2 and knows no protocol option, as PostgreSQL 18 gives it. Null where
    /// the client gets what it asks for. 3.1 is reserved: who asks for it gets 3.0.
    /// </summary>
    public static NegotiateProtocolVersion? For(StartupMessage startup)
    {
        var served = startup.Version.Minor switch
        {
            0 or 1 => ProtocolVersion.V30,
            _ => ProtocolVersion.V32,
        };
        ImmutableArray<string> unknown =
        [
            .. startup.Parameters.Where(static parameter => parameter.IsProtocolOption)
                .Select(static parameter => parameter.Name),
        ];
        return served == startup.Version && unknown.IsEmpty ? null : new NegotiateProtocolVersion(served, unknown);
    }

    public static NegotiateProtocolVersion? Parse(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        if (!reader.TryReadInt32(out var version) || !reader.TryReadInt32(out var count) || count is < 0 or > OptionsMax)
        {
            return null;
        }

        var options = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadText(out var option))
            {
                return null;
            }

            options.Add(option);
        }

        return reader.Remaining == 0 ? new NegotiateProtocolVersion(new(version), options.ToImmutable()) : null;
    }

    public void Write(FrameWriter writer)
    {
        writer.Begin(MessageType.NegotiateProtocolVersion).Int32(Version.Code).Int32(UnknownOptions.Length);
        foreach (var option in UnknownOptions)
        {
            writer.Text(option);
        }

        writer.End();
    }

    public bool Equals(NegotiateProtocolVersion? other) =>
        other is not null && Version == other.Version
        && UnknownOptions.AsSpan().SequenceEqual(other.UnknownOptions.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Version, UnknownOptions.Length);
}
