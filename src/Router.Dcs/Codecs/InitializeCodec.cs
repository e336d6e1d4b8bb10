using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>The <c>initialize</c> key: empty while a member bootstraps, then the system identifier.</summary>
public static class InitializeCodec
{
    public static string Encode(Initialization initialization) => initialization.Identifier?.ToString() ?? "";

    public static Initialization? TryDecode(string text)
    {
        if (text.Length == 0)
        {
            return new Initialization(null);
        }

        return SystemIdentifier.TryParse(text, out var identifier) ? new Initialization(identifier) : null;
    }
}
