using Router.Protocol.Messages;
using Router.Proxy.Traits;

namespace Router.Proxy.Pooling;

/// <summary>
/// The settings that belong to the client and follow it from one server connection to the next: those that PostgreSQL
/// both reports and lets a session set. Other reported ones belong to the server, and the client is told of them. Pure.
/// </summary>
internal static class TrackedParameters
{
    /// <summary>PgBouncer's five and its default of <c>track_extra_parameters</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "client_encoding", "DateStyle", "TimeZone", "IntervalStyle", "standard_conforming_strings", "application_name",
    ];

    public static bool Contains(string name)
    {
        foreach (var tracked in Names)
        {
            if (string.Equals(tracked, name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What must be set on the server connection before the client's request may run there.</summary>
    public static List<SettingChange> ToSet(ReportedParameters client, ReportedParameters server)
    {
        var changes = new List<SettingChange>();
        foreach (var name in Names)
        {
            if (client.Find(name) is { } wanted && server.Find(name) is { } present && wanted != present)
            {
                changes.Add(new SettingChange(name, wanted));
            }
        }

        return changes;
    }

    /// <summary>What the client must be told, because the server connection it gets differs from the one before.</summary>
    public static List<ParameterStatus> ToTell(ReportedParameters client, ReportedParameters server)
    {
        var changes = new List<ParameterStatus>();
        foreach (var parameter in server.All)
        {
            if (!Contains(parameter.Name) && client.Find(parameter.Name) != parameter.Value)
            {
                changes.Add(parameter);
            }
        }

        return changes;
    }
}
