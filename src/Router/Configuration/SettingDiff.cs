namespace Router.Configuration;

/// <summary>Gathers the names of settings that differ and take effect at a restart only.</summary>
internal sealed class SettingDiff
{
    private readonly List<string> _names = [];

    /// <summary>In the order of the questions, each once.</summary>
    public IReadOnlyList<string> Names => [.. _names.Distinct()];

    /// <summary>The value in force; its setting is noted where the file says another.</summary>
    public T Keep<T>(string name, T inForce, T written)
    {
        if (!EqualityComparer<T>.Default.Equals(inForce, written))
        {
            _names.Add(name);
        }

        return inForce;
    }
}
