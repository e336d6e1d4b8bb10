using System.Collections.Immutable;
using Router.Cluster;
using Router.Configuration.Yaml;

namespace Router.Configuration.Agent;

/// <summary>Reads <c>tags</c>; names that Patroni does not know are the user's own and published as they are.</summary>
internal static class TagsSection
{
    public static MemberTags Read(Section section, Findings findings)
    {
        var tags = new MemberTags
        {
            NoFailover = section.Flag("nofailover", byDefault: false),
            FailoverPriority = section.Number("failover_priority", 1, int.MinValue, int.MaxValue),
            CloneFrom = section.Flag("clonefrom", byDefault: false),
            NoLoadBalance = section.Flag("noloadbalance", byDefault: false),
            NoSync = section.Flag("nosync", byDefault: false),
            SyncPriority = section.Number("sync_priority", 1, int.MinValue, int.MaxValue),
            NoStream = section.Flag("nostream", byDefault: false),
            ReplicateFrom = section.Text("replicatefrom"),
        };
        ReportContradiction(section, "nofailover", tags.NoFailover, "failover_priority", tags.FailoverPriority, findings);
        ReportContradiction(section, "nosync", tags.NoSync, "sync_priority", tags.SyncPriority, findings);
        return tags with { Published = Published(section, tags) };
    }

    private static void ReportContradiction(
        Section section, string flag, bool isSet, string priority, int value, Findings findings)
    {
        if (section.Has(flag) && section.Has(priority) && isSet != value <= 0)
        {
            findings.Warning(section.PositionOf(priority), section.PathOf(priority),
                $"contradicts {flag}, which wins; remove one of them");
        }
    }

    /// <summary>What the member key shows: flags that are off stay out, unless a priority explains them.</summary>
    private static ImmutableSortedDictionary<string, string> Published(Section section, MemberTags tags)
    {
        var published = ImmutableSortedDictionary.CreateBuilder<string, string>();
        void Flag(string name, bool value, bool always)
        {
            if (value || (always && section.Has(name)))
            {
                published[name] = value ? "true" : "false";
            }
        }

        Flag("nofailover", tags.NoFailover, always: section.Has("failover_priority"));
        Flag("nosync", tags.NoSync, always: section.Has("sync_priority"));
        Flag("clonefrom", tags.CloneFrom, always: false);
        Flag("noloadbalance", tags.NoLoadBalance, always: false);
        Flag("nostream", tags.NoStream, always: false);
        foreach (var name in (ReadOnlySpan<string>)["failover_priority", "sync_priority", "replicatefrom"])
        {
            if (section.Node(name) is { } value)
            {
                published[name] = YamlTypes.ToJson(value);
            }
        }

        foreach (var own in section.OwnKeys())
        {
            published[own.Key] = YamlTypes.ToJson(own.Value);
        }

        return published.ToImmutable();
    }
}
