using System.Text.Json;
using Router.Cluster;
using Router.Cluster.Local;

namespace Router.Agent.Observation;

/// <summary>Asks members by GET of their api_url, each once and all at once.</summary>
public sealed class MemberProbe(HttpClient http, TimeProvider time) : IMemberProbe
{
    private volatile HttpClient _http = http;

    /// <summary>A member that cannot answer within this is not one to fail over to.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    /// <summary>Questions from now on go through another client; the caller disposes of both.</summary>
    public void Use(HttpClient http) => _http = http;

    public async Task<EquatableList<PeerReport>> AskAsync(
        IReadOnlyCollection<Member> members, CancellationToken aborted)
    {
        using var bound = new CancellationTokenSource(Bound, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, bound.Token);
        var reports = await Task.WhenAll(members.Select(member => AskAsync(member, either.Token)));
        aborted.ThrowIfCancellationRequested();
        return reports.OfType<PeerReport>().ToEquatableList();
    }

    private async Task<PeerReport?> AskAsync(Member member, CancellationToken bound)
    {
        if (!Uri.TryCreate(member.ApiUrl, UriKind.Absolute, out var url))
        {
            return null;
        }

        try
        {
            using var answer = await _http.GetAsync(url, bound);
            var body = await answer.Content.ReadAsByteArrayAsync(bound);
            return PeerReportReader.Read(member.Name, body);
        }
        catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException or IOException
            or JsonException or NotSupportedException or ObjectDisposedException)
        {
            return null;
        }
    }
}
