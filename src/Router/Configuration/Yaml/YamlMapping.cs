using System.Collections.Immutable;

namespace Router.Configuration.Yaml;

/// <summary>Keys in the order of the file; each key occurs once.</summary>
internal sealed record YamlMapping(SourcePosition At, ImmutableArray<YamlEntry> Entries) : YamlNode(At)
{
    public YamlEntry? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key);

    /// <summary>
    /// Lays <paramref name="upper"/> over this mapping as Patroni merges its sources: nested mappings key by key,
    /// anything else replaced, null deletes.
    /// </summary>
    public YamlMapping Under(YamlMapping upper)
    {
        var merged = Entries.ToList();
        foreach (var entry in upper.Entries)
        {
            var index = merged.FindIndex(candidate => candidate.Key == entry.Key);
            var isDeleted = entry.Value is YamlScalar { IsNull: true };
            if (index < 0)
            {
                if (!isDeleted)
                {
                    merged.Add(entry);
                }
            }
            else if (isDeleted)
            {
                merged.RemoveAt(index);
            }
            else
            {
                merged[index] = merged[index].Value is YamlMapping below && entry.Value is YamlMapping above
                    ? entry with { Value = below.Under(above) }
                    : entry;
            }
        }

        return this with { Entries = [.. merged] };
    }
}
