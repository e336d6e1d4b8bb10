namespace Router.Proxy;

/// <summary>
/// What the console orders of the process around the proxy. Callable from any thread, and works elsewhere: files are read,
/// and a loop must not wait for them.
/// </summary>
public interface IProxyOperations
{
    /// <summary>Reads the configuration again; false where it cannot be used, and everything stays as it was.</summary>
    Task<bool> ReloadAsync();

    /// <summary>Changes one setting until the next reload; false where it is not known, does not fit, or needs a restart.</summary>
    Task<bool> SetAsync(string key, string value);

    /// <summary>Every setting, in the order in which it is shown; null: the proxy has no others than its options.</summary>
    IReadOnlyList<SettingFact>? Settings();

    /// <summary>Ends the process.</summary>
    void Shutdown(ShutdownMode mode);
}
