using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Router.Cluster;

namespace Router.Agent.Api;

/// <summary>
/// Who may change something (rest-api.md 3): by address, then by client certificate, then by password. Reading is open
/// to everybody who reaches the port.
/// </summary>
internal sealed class ApiAccess
{
    private static readonly TimeSpan ResolveBound = TimeSpan.FromSeconds(2);

    private readonly RestApiOptions _options;
    private readonly IReadOnlyList<IPNetwork> _allowed;
    private readonly byte[]? _credentials;
    private readonly TimeProvider _time;

    private ApiAccess(RestApiOptions options, IReadOnlyList<IPNetwork> allowed, TimeProvider time)
    {
        _options = options;
        _allowed = allowed;
        _credentials = options.Credentials is { } pair
            ? Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)))
            : null;
        _time = time;
    }

    /// <summary>Resolves the host names of the allowlist, as Patroni does at start and reload.</summary>
    public static async Task<ApiAccess> CreateAsync(
        RestApiOptions options, TimeProvider time, Action<string> reportUnresolved, CancellationToken aborted)
    {
        var allowed = new List<IPNetwork>();
        foreach (var entry in options.Allowlist)
        {
            if (IPNetwork.TryParse(entry, out var network))
            {
                allowed.Add(network);
                continue;
            }

            var addresses = await ResolveAsync(entry, time, aborted);
            if (addresses.Count == 0)
            {
                reportUnresolved(entry);
            }

            allowed.AddRange(addresses.Select(Single));
        }

        return new ApiAccess(options, allowed, time);
    }

    /// <param name="context">The request.</param>
    /// <param name="view">For the members' addresses.</param>
    /// <param name="mayUseMemberAddresses">False for POST /failsafe.</param>
    /// <returns>Null: granted. Otherwise the refusal.</returns>
    public async Task<ApiReply?> CheckAsync(HttpContext context, ClusterView? view, bool mayUseMemberAddresses)
    {
        if (!await IsAddressAllowedAsync(context, view, mayUseMemberAddresses))
        {
            return ApiReply.Text(403, "Access is denied");
        }

        if (_options is { IsTls: true, VerifyClient: not VerifyClient.None } && context.Connection.ClientCertificate is null)
        {
            return ApiReply.Text(403, "client certificate required");
        }

        return _credentials is null ? null : CheckPassword(context.Request.Headers.Authorization.ToString());
    }

    private ApiReply? CheckPassword(string header)
    {
        const string scheme = "Basic ";
        if (header.Length == 0)
        {
            return Unauthorized("no auth header received");
        }

        var isRight = header.StartsWith(scheme, StringComparison.Ordinal)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header[scheme.Length..]), _credentials);
        return isRight ? null : Unauthorized("not authenticated");
    }

    private static ApiReply Unauthorized(string reason) => ApiReply.Text(401, reason) with
    {
        Headers = [new("WWW-Authenticate", "Basic realm=\"Patroni\"")],
    };

    private async Task<bool> IsAddressAllowedAsync(HttpContext context, ClusterView? view, bool mayUseMemberAddresses)
    {
        // What came through a gateway carries the gateway's address, which may well be a member's machine.
        var includesMembers = _options.AllowlistIncludesMembers
            && mayUseMemberAddresses
            && !context.Request.Headers.ContainsKey("X-Forwarded-For");
        if (_options.Allowlist.IsEmpty && !_options.AllowlistIncludesMembers)
        {
            return true;
        }

        if (context.Connection.RemoteIpAddress is not { } remote)
        {
            return false;
        }

        var peer = remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote;
        if (_allowed.Any(network => network.Contains(peer)))
        {
            return true;
        }

        return includesMembers && view is not null && await IsMemberAsync(peer, view, context.RequestAborted);
    }

    private async Task<bool> IsMemberAsync(IPAddress peer, ClusterView view, CancellationToken aborted)
    {
        var hosts = view.Members
            .Select(member => Uri.TryCreate(member.ApiUrl, UriKind.Absolute, out var url) ? url.DnsSafeHost : "")
            .Where(host => host.Length > 0)
            .Distinct(StringComparer.OrdinalIgnoreCase);
        var resolved = await Task.WhenAll(hosts.Select(host => ResolveAsync(host, _time, aborted)));
        return resolved.Any(addresses => addresses.Contains(peer));
    }

    private static async Task<IReadOnlyList<IPAddress>> ResolveAsync(
        string host, TimeProvider time, CancellationToken aborted)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        using var bound = new CancellationTokenSource(ResolveBound, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, bound.Token);
        try
        {
            return await Dns.GetHostAddressesAsync(host, either.Token);
        }
        catch (Exception unresolved) when (unresolved is SocketException or OperationCanceledException or ArgumentException)
        {
            return [];
        }
    }

    private static IPNetwork Single(IPAddress address) =>
        new(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
}
