using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Router.Agent.Api;

/// <summary>Reads the JSON object of a request's body; the refusals are Patroni's (rest-api.md 7).</summary>
internal static class ApiBody
{
    /// <summary>Bytes; more is refused before it is read.</summary>
    public const int LengthMax = 1 << 20;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="request">The request.</param>
    /// <param name="isOptional">No body and <c>{}</c> are as good as one.</param>
    /// <returns>The object (empty where an optional one was not sent), or the refusal.</returns>
    public static async Task<(JsonObject? Body, ApiReply? Refusal)> ReadAsync(HttpRequest request, bool isOptional)
    {
        if (request.ContentLength is not { } length)
        {
            return isOptional ? ([], null) : (null, ApiReply.Error(411, "Length Required"));
        }

        if (length == 0 && isOptional)
        {
            return ([], null);
        }

        if (length > LengthMax)
        {
            return (null, ApiReply.Error(413, "Request body too large"));
        }

        try
        {
            var root = await JsonNode.ParseAsync(
                request.Body, documentOptions: Strict, cancellationToken: request.HttpContext.RequestAborted);
            return root is JsonObject body && (body.Count > 0 || isOptional)
                ? (body, null)
                : (null, ApiReply.Error(400, "Bad Request: a JSON object is needed"));
        }
        catch (JsonException)
        {
            return (null, ApiReply.Error(400, "Bad Request: the body is not JSON"));
        }
    }
}
