using System.Globalization;

namespace Router.Protocol;

/// <summary>Major and minor number as the StartupMessage carries them: two unsigned 16-bit halves of one word.</summary>
public readonly record struct ProtocolVersion(int Code)
{
    public static readonly ProtocolVersion V30 = new(3 << 16);

    /// <summary>Differs from 3.0 in the length of the cancel key only.</summary>
    public static readonly ProtocolVersion V32 = new((3 << 16) | 2);

    public int Major => (int)((uint)Code >> 16);

    public int Minor => Code & 0xFFFF;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
