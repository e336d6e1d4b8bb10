using System.Text;
using System.Text.Json.Nodes;

namespace Router.Demo;

/// <summary>
/// An etcd that was there before the demo: its keys below the demo's scope are the demo's to remove, and nobody else's
/// may be touched. Speaks etcd's JSON gateway, which every etcd from 3.4 on serves under <c>/v3</c>.
/// </summary>
internal sealed class OutsideStore(Uri address, string scope) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(5) };

    private string Prefix => $"/service/{scope}/";

    /// <summary>Refuses a store that does not answer and a scope that somebody else uses.</summary>
    /// <exception cref="DemoException">Says which, and what to do.</exception>
    public async Task CheckAsync(CancellationToken aborted)
    {
        var found = await AskAsync("range", JsonValue.Create(true), aborted);
        if (found["count"] is { } count && count.ToString() != "0")
        {
            throw new DemoException(
                $"the store at {address} already has {count} keys below {Prefix}: a cluster of that name lives there, "
                + $"or was left behind; look, and remove it with: etcdctl --endpoints {address} del --prefix {Prefix}");
        }
    }

    /// <summary>Removes the keys of the demo's own scope.</summary>
    /// <exception cref="DemoException">The store does not answer.</exception>
    public Task ClearAsync(CancellationToken aborted) => AskAsync("deleterange", null, aborted);

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> AskAsync(string call, JsonNode? countOnly, CancellationToken aborted)
    {
        // The range of a prefix ends before the prefix with its last byte raised: '/' is followed by '0'.
        var body = new JsonObject { ["key"] = Base64(Prefix), ["range_end"] = Base64(Prefix[..^1] + "0") };
        if (countOnly is not null)
        {
            body["count_only"] = countOnly;
        }

        try
        {
            using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var answer = await _http.PostAsync(new Uri($"/v3/kv/{call}", UriKind.Relative), content, aborted);
            answer.EnsureSuccessStatusCode();
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync(aborted))
                ?? throw new HttpRequestException("an empty answer");
        }
        catch (Exception e) when (e is HttpRequestException or System.Text.Json.JsonException
            || (e is TaskCanceledException && !aborted.IsCancellationRequested))
        {
            throw new DemoException($"the store at {address} does not answer as etcd (3.4 or later) does: {e.Message}");
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
