namespace Router.Proxy;

/// <summary>
/// The options in force, replaced whole on reload by <see cref="ProxyServer"/>, which owns it. A wait that has begun
/// ends by the bound that it began with.
/// </summary>
internal sealed class LiveOptions(ProxyOptions first)
{
    private volatile ProxyOptions _now = first;

    public ProxyOptions Now
    {
        get => _now;
        set => _now = value;
    }
}
