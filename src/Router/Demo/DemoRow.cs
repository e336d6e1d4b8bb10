using System.Text.Json;

namespace Router.Demo;

/// <summary>One member in the answer of GET /cluster.</summary>
internal sealed record DemoRow(string Name, string Role, string State, string Timeline, string Lag)
{
    public static DemoRow Read(JsonElement member) => new(
        Text(member, "name"), Text(member, "role"), Text(member, "state"), Text(member, "timeline"), Text(member, "lag"));

    private static string Text(JsonElement member, string name) =>
        member.TryGetProperty(name, out var value) ? value.ToString() : "";
}
