using System.Collections.Immutable;
using Router.Protocol.Framing;

namespace Router.Protocol.Messages;

/// <summary>What a client asks for: protocol version, user, database and session defaults.</summary>
public sealed record StartupMessage(ProtocolVersion Version, ImmutableArray<StartupParameter> Parameters)
{
    public string? User => Find("user");

    /// <summary>The user's name where the client names no database, as in PostgreSQL.</summary>
    public string? Database => Find("database") is { Length: > 0 } database ? database : User;

    /// <summary>True for a walsender: <c>replication</c> is <c>database</c> or any spelling of true.</summary>
    public bool IsReplication =>
        Find("replication") is { } value
        && (value is "1" or "database" || IsPrefix(value, "true") || IsPrefix(value, "yes")
            || string.Equals(value, "on", StringComparison.OrdinalIgnoreCase));

    /// <summary>False where <c>replication</c> is there and means nothing; PostgreSQL refuses that with 22023.</summary>
    public bool IsReplicationValid =>
        Find("replication") is not { } value || IsReplication
        || value is "0" || IsPrefix(value, "false") || IsPrefix(value, "no")
        || string.Equals(value, "off", StringComparison.OrdinalIgnoreCase)
        || string.Equals(value, "of", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a whole packet, which <see cref="StartupPacket.TryRead"/> found complete.</summary>
    /// <returns>Null where the pairs do not end with the packet, as PostgreSQL demands.</returns>
    public static StartupMessage? Parse(ReadOnlySpan<byte> packet)
    {
        var reader = new BodyReader(packet[sizeof(int)..]);
        if (!reader.TryReadInt32(out var version))
        {
            return null;
        }

        var parameters = ImmutableArray.CreateBuilder<StartupParameter>();
        while (reader.TryReadText(out var name))
        {
            if (name.Length == 0)
            {
                return reader.Remaining == 0 ? new StartupMessage(new(version), parameters.ToImmutable()) : null;
            }

            if (!reader.TryReadText(out var value))
            {
                return null;
            }

            parameters.Add(new StartupParameter(name, value));
        }

        return null;
    }

    public void Write(FrameWriter writer)
    {
        writer.BeginUntyped().Int32(Version.Code);
        foreach (var parameter in Parameters)
        {
            writer.Text(parameter.Name).Text(parameter.Value);
        }

        writer.Byte(0).End();
    }

    /// <summary>The last one of a name that comes twice, as in PostgreSQL.</summary>
    public string? Find(string name)
    {
        for (var i = Parameters.Length - 1; i >= 0; i--)
        {
            if (Parameters[i].Name == name)
            {
                return Parameters[i].Value;
            }
        }

        return null;
    }

    /// <summary>PostgreSQL takes any beginning of <c>true</c> and <c>yes</c>, in any case.</summary>
    private static bool IsPrefix(string value, string word) =>
        value.Length > 0 && word.StartsWith(value, StringComparison.OrdinalIgnoreCase);

    public bool Equals(StartupMessage? other) =>
        other is not null && Version == other.Version && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Version, Parameters.Length, User);
}
