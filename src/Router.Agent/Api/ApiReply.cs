using System.Text.Json.Nodes;

namespace Router.Agent.Api;

/// <summary>An answer of the REST API, before it is written.</summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Body">Empty for answers that are a code only.</param>
/// <param name="ContentType">Null with an empty body.</param>
internal sealed record ApiReply(int Status, string Body, string? ContentType)
{
    /// <summary>Header names and values beside the usual ones.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public static ApiReply Code(int status) => new(status, "", null);

    /// <summary>Patroni sends its plain messages as HTML.</summary>
    public static ApiReply Text(int status, string text) => new(status, text, "text/html");

    public static ApiReply Json(int status, JsonNode document) =>
        new(status, PythonJson.Write(document), "application/json");

    public static ApiReply Metrics(string text) => new(200, text, "text/plain; version=0.0.4; charset=utf-8");

    /// <summary>What Patroni answers with Python's error page; callers look at the code only.</summary>
    public static ApiReply Error(int status, string reason) => new(
        status,
        $"<!DOCTYPE html>\n<html><head><title>Error {status}</title></head><body><p>{reason}</p></body></html>\n",
        "text/html;charset=utf-8");
}
