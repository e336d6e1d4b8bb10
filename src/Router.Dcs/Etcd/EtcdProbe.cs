using System.Net.Http.Headers;
using System.Text;
using Etcdserverpb;
using Grpc.Core;
using Router.Dcs.Codecs;

namespace Router.Dcs.Etcd;

/// <summary>
/// Asks an endpoint at start whether it is what the configuration takes it for, and says in one sentence what is wrong
/// and what to do.
/// </summary>
public sealed class EtcdProbe(EtcdSettings settings, TimeProvider time)
{
    private const int BodyCharsMax = 64 * 1024;

    /// <summary>Null where the endpoint serves this scope's keys.</summary>
    public async Task<EtcdFault?> FindFaultAsync(Uri address, CancellationToken aborted)
    {
        using var endpoint = new EtcdEndpoint(address, settings, time);
        var authentication = new EtcdAuthentication(settings.Credentials);
        try
        {
            var metadata = await authentication.AuthorizeAsync(endpoint, Deadline(), aborted);
            var request = new RangeRequest { Key = new EtcdMessages(settings.Prefix).PrefixBytes, CountOnly = true };
            _ = await endpoint.Keys.RangeAsync(request, new CallOptions(metadata, Deadline(), aborted));
        }
        catch (RpcException error)
        {
            aborted.ThrowIfCancellationRequested();
            return await ExplainAsync(endpoint, error, aborted);
        }

        // A peer port serves the v3 API too (seen with 3.4), but neither Patroni nor etcdctl's advice expects it there,
        // and networks that separate the two would cut us off.
        return await FindPeerPortAsync(address, aborted) is { } peerPort ? new EtcdFault(peerPort, MayPass: false) : null;
    }

    /// <summary>
    /// For an <c>etcd:</c> section, which Patroni serves by the v2 API (rule S10): null where v2 does not hold this
    /// scope; else one sentence that names both stores, or says that nobody could be asked.
    /// </summary>
    public async Task<string?> FindScopeInV2Async(CancellationToken aborted)
    {
        var path = settings.Prefix.TrimEnd('/');
        string? lastFault = null;
        foreach (var address in settings.Endpoints)
        {
            var (status, body, fault) = await GetAsync(address, $"/v2/keys{path}", aborted);
            if (fault is not null)
            {
                lastFault = fault;
                continue;
            }

            // Without the v2 API etcd answers 404 in plain text, with it 404 and error code 100 for a missing key.
            return status switch
            {
                200 => $"{Name(address)} holds {path} in its v2 store, where a Patroni of the section 'etcd:' keeps it, "
                    + $"and this program would use {path} of its v3 store: two leaders could be elected side by side. "
                    + "Move every member to the section 'etcd3:', or name another scope.",
                404 => null,
                401 or 403 => $"{Name(address)} refuses to show {path} of its v2 store (HTTP {status}), so nobody can "
                    + "tell whether Patroni uses it; allow the user to read it, or use the section 'etcd3:'.",
                _ => $"{Name(address)} answered HTTP {status} to a question about its v2 store: {Shorten(body)}",
            };
        }

        return $"No endpoint could be asked whether its v2 store holds {path}: {lastFault}";
    }

    private async Task<EtcdFault> ExplainAsync(EtcdEndpoint endpoint, RpcException error, CancellationToken aborted)
    {
        var failure = EtcdFailure.From(error, endpoint);
        if (WhyRefused(endpoint, error, failure) is { } refusal)
        {
            return refusal;
        }

        if (await FindPeerPortAsync(endpoint.Address, aborted) is { } peerPort)
        {
            return new EtcdFault(peerPort, MayPass: false);
        }

        var (versionStatus, version, fault) = await GetAsync(endpoint.Address, "/version", aborted);
        if (fault is not null)
        {
            return new EtcdFault($"{failure.Reason}; is etcd running there, and is this its client URL?", MayPass: true);
        }

        return versionStatus == 200 && version.Contains("etcdserver", StringComparison.Ordinal)
            ? new EtcdFault(
                $"{failure.Reason}; it is an etcd ({Shorten(version)}) without a leader or too old for the v3 API.",
                MayPass: true)
            : new EtcdFault($"{endpoint} answers HTTP, but it is not etcd.", MayPass: false);
    }

    /// <summary>Null where it was not the user that was refused.</summary>
    private EtcdFault? WhyRefused(EtcdEndpoint endpoint, RpcException error, EtcdFailure failure)
    {
        var detail = error.Status.Detail;
        if (detail.Contains("authentication failed", StringComparison.Ordinal)
            || detail.Contains("invalid user ID or password", StringComparison.Ordinal))
        {
            return Refusal("password", $"{endpoint} does not accept user '{settings.Credentials?.User}' with this password.");
        }

        if (detail.Contains("authentication is not enabled", StringComparison.Ordinal))
        {
            return Refusal(
                "username",
                $"{endpoint} has authentication switched off, but a user is configured; remove username and password.");
        }

        if (failure.Kind == EtcdFailureKind.Unauthenticated && settings.Credentials is null)
        {
            return Refusal("username", $"{endpoint} wants a user and a password, and none is configured.");
        }

        if (error.StatusCode == StatusCode.PermissionDenied)
        {
            return Refusal(
                "username",
                $"user '{settings.Credentials?.User}' may not read {settings.Prefix} on {endpoint}; "
                + "grant a role with readwrite on this prefix.");
        }

        return null;

        static EtcdFault Refusal(string setting, string reason) => new(reason, MayPass: false, setting);
    }

    private async Task<string?> FindPeerPortAsync(Uri address, CancellationToken aborted)
    {
        var (status, members, _) = await GetAsync(address, "/members", aborted);
        return status == 200 && members.Contains("peerURLs", StringComparison.Ordinal)
            ? $"{Name(address)} is the PEER port of an etcd member, on which members talk to each other; "
                + $"use its client URL{ClientUrlOf(members)}."
            : null;
    }

    private static string ClientUrlOf(string members)
    {
        if (JsonReading.TryParse(members) is not { ValueKind: System.Text.Json.JsonValueKind.Array } list)
        {
            return "";
        }

        var urls = list.EnumerateArray()
            .Where(member => member.ValueKind == System.Text.Json.JsonValueKind.Object
                && member.TryGet("clientURLs", out var all)
                && all.ValueKind == System.Text.Json.JsonValueKind.Array)
            .SelectMany(member => member.GetProperty("clientURLs").EnumerateArray())
            .Select(url => url.ToString())
            .Take(5)
            .ToArray();
        return urls.Length == 0 ? "" : $" (its cluster names {string.Join(", ", urls)})";
    }

    private async Task<(int Status, string Body, string? Fault)> GetAsync(Uri address, string path, CancellationToken aborted)
    {
        using var client = new HttpClient(EtcdHttp.CreateHandler(settings, time), disposeHandler: true);
        using var bound = new CancellationTokenSource(settings.CallDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, bound.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, path));
        if (settings.Credentials is { } credentials)
        {
            var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.User}:{credentials.Password}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", basic);
        }

        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(either.Token));
            var body = new char[BodyCharsMax];
            var length = await reader.ReadBlockAsync(body, either.Token);
            return ((int)response.StatusCode, new string(body, 0, length), null);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            aborted.ThrowIfCancellationRequested();
            var reason = error is OperationCanceledException
                ? $"no answer within {settings.CallDeadline.TotalSeconds:0.###} s"
                : error.Message;
            return (0, "", $"{Name(address)}: {reason}");
        }
    }

    private DateTime Deadline() => (time.GetUtcNow() + settings.CallDeadline).UtcDateTime;

    private static string Name(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static string Shorten(string body) => body.Length <= 200 ? body.Trim() : body[..200].Trim();
}
