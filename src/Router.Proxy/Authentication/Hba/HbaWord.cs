namespace Router.Proxy.Authentication.Hba;

/// <summary>One word of a line; in quotes it is a name, whatever it would mean without.</summary>
/// <param name="IsQuoted">It begins with a quote.</param>
internal readonly record struct HbaWord(string Text, bool IsQuoted)
{
    public bool Is(string keyword) => !IsQuoted && Text == keyword;
}
