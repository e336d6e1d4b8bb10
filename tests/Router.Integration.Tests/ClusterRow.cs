using System.Text.Json;

namespace Router.Integration.Tests;

/// <summary>A member as GET /cluster shows it.</summary>
internal sealed record ClusterRow(string Name, string Role, string State, int Timeline)
{
    public static ClusterRow Read(JsonElement member) => new(
        member.GetProperty("name").GetString()!,
        member.GetProperty("role").GetString()!,
        member.GetProperty("state").GetString()!,
        member.TryGetProperty("timeline", out var timeline) && timeline.TryGetInt32(out var number) ? number : 0);
}
