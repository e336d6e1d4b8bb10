using System.Text.Json.Nodes;

namespace Router.Agent.Api;

/// <summary>What an endpoint needs to know of a request, once access has been granted.</summary>
/// <param name="Path">The path, without the query.</param>
/// <param name="Query">The parsed query.</param>
/// <param name="Body">The JSON object of the body; null where none was sent or none belongs to the endpoint.</param>
/// <param name="Aborted">The caller has gone, or the API ends.</param>
internal sealed record ApiRequest(string Path, ApiQuery Query, JsonObject? Body, CancellationToken Aborted)
{
    /// <summary>The text under a name; null where it is missing, empty or no text.</summary>
    public string? Text(string name) =>
        Body?[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    /// <summary>As Patroni reads booleans: <c>true</c>, and the texts on, true, yes and 1.</summary>
    public bool Flag(string name) =>
        Body?[name] is JsonValue value && value.ToString().ToUpperInvariant() is "TRUE" or "ON" or "YES" or "1";
}
