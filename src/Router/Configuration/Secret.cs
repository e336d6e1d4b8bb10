namespace Router.Configuration;

/// <summary>A password or the like. Records that hold one may be printed; it shows as stars.</summary>
internal sealed record Secret(string Value)
{
    public override string ToString() => "***";
}
