using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Router.Agent.Api;
using Router.Cluster;
using Router.Dcs;

namespace Router.Commands;

/// <summary><c>router ctl switchover</c>: asks the leader's agent, or the store where the agent does not answer.</summary>
internal sealed class CtlSwitchover(CtlSession session)
{
    public async Task<int> RunAsync(CtlOptions options)
    {
        var view = await session.ReadAsync();
        await WriteTopologyAsync(view);
        var leader = await ChooseLeaderAsync(view, options);
        var candidate = await ChooseCandidateAsync(view, leader, options);
        var scheduledAt = await ChooseTimeAsync(options);
        await ConfirmAsync(leader, candidate, scheduledAt, options);

        var body = new JsonObject { ["leader"] = leader.Name.Value };
        if (candidate is not null)
        {
            body["candidate"] = candidate;
        }

        if (scheduledAt is { } at)
        {
            body["scheduled_at"] = at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        }

        await SendAsync(leader, body, new FailoverRequest(leader.Name, Name(candidate), scheduledAt), view);
        return ExitCode.Ok;
    }

    private async Task<Member> ChooseLeaderAsync(ClusterView view, CtlOptions options)
    {
        var leader = view.LeaderMember ?? throw new CtlException($"cluster {session.Scope} has no leader");
        var named = options.Leader
            ?? (options.IsForced ? leader.Name.Value : await session.AskAsync("Primary", leader.Name.Value));
        return named == leader.Name.Value
            ? leader
            : throw new CtlException($"Member {named} is not the leader of cluster {session.Scope}");
    }

    private async Task<string?> ChooseCandidateAsync(ClusterView view, Member leader, CtlOptions options)
    {
        var others = view.Members.Where(member => member.Name != leader.Name).ToArray();
        if (others.Length == 0)
        {
            throw new CtlException("No candidates found to switchover to");
        }

        var candidate = options.Candidate;
        if (candidate is null && !options.IsForced)
        {
            var names = string.Join(", ", others.Select(member => $"'{member.Name}'"));
            candidate = await session.AskAsync($"Candidate [{names}]", "");
        }

        if (string.IsNullOrEmpty(candidate))
        {
            return null;
        }

        if (candidate == leader.Name.Value)
        {
            throw new CtlException($"Member {candidate} is already the leader of cluster {session.Scope}");
        }

        var member = view.Find(new MemberName(candidate))
            ?? throw new CtlException($"Member {candidate} does not exist in cluster {session.Scope} or is tagged as nofailover");
        return member.Tags.MayFailover
            ? candidate
            : throw new CtlException($"Member {candidate} does not exist in cluster {session.Scope} or is tagged as nofailover");
    }

    /// <summary>Null: now. A time without an offset is this machine's.</summary>
    private async Task<DateTimeOffset?> ChooseTimeAsync(CtlOptions options)
    {
        var text = options.Scheduled
            ?? (options.IsForced ? "now" : await session.AskAsync("When should the switchover take place", "now"));
        if (text == "now")
        {
            return null;
        }

        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time))
        {
            throw new CtlException($"Unable to parse scheduled timestamp ({text}). It should be in an unambiguous format (e.g. ISO 8601)");
        }

        return time.Kind == DateTimeKind.Unspecified
            ? new DateTimeOffset(time, session.Time.LocalTimeZone.GetUtcOffset(time))
            : new DateTimeOffset(time);
    }

    private async Task ConfirmAsync(Member leader, string? candidate, DateTimeOffset? scheduledAt, CtlOptions options)
    {
        if (options.IsForced)
        {
            return;
        }

        var what = scheduledAt is { } at
            ? $"schedule switchover of cluster {session.Scope} at {at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture)}"
            : $"switchover cluster {session.Scope}";
        var whom = candidate is null ? "" : $" to {candidate}";
        if (!await session.ConfirmAsync($"Are you sure you want to {what}{whom}, demoting current leader {leader.Name}?"))
        {
            throw new CtlException("Aborting switchover");
        }
    }

    private async Task SendAsync(Member leader, JsonObject body, FailoverRequest request, ClusterView view)
    {
        try
        {
            var (status, text) = await PostAsync(leader, "switchover", body);
            if (status == HttpStatusCode.NotImplemented)
            {
                (status, text) = await PostAsync(leader, "failover", body);
            }

            await ReportAsync(status, text);
        }
        catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException)
        {
            var why = CtlFailure.Describe(silent, leader.ApiUrl);
            await session.WriteLineAsync($"The agent of {leader.Name} did not answer ({why}); writing into the store");
            var commit = await session.Dcs.CommitAsync(
                ClusterTransactions.PutFailover(view.Failover.ModRevision, request), CancellationToken.None);
            await session.WriteLineAsync(commit.Outcome switch
            {
                WriteOutcome.Ok => $"{Now()} Initialized switchover from leader {leader.Name}",
                WriteOutcome.Conflict => "Switchover failed, details: another request is in the store already",
                _ => "Switchover result unknown, details: the store did not answer",
            });
        }
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(Member leader, string endpoint, JsonObject body)
    {
        if (!Uri.TryCreate(leader.ApiUrl, UriKind.Absolute, out var url))
        {
            throw new HttpRequestException("it publishes no api_url");
        }

        using var content = new StringContent(PythonJson.Write(body), Encoding.UTF8, "application/json");
        using var answer = await session.Http.PostAsync(new Uri(url, "/" + endpoint), content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task ReportAsync(HttpStatusCode status, string text)
    {
        if (status is HttpStatusCode.OK or HttpStatusCode.Accepted)
        {
            await session.WriteLineAsync($"{Now()} {text}");
            await session.Terminal.Out.WriteAsync(
                CtlMemberTable.Build(await session.ReadAsync(), session.Scope, isExtended: false, isTopology: false).Format("pretty"));
            return;
        }

        var end = status == HttpStatusCode.ServiceUnavailable ? "result unknown" : "failed";
        await session.WriteLineAsync($"Switchover {end}, details: {(int)status}, {text}");
    }

    private async Task WriteTopologyAsync(ClusterView view)
    {
        await session.WriteLineAsync("Current cluster topology");
        await session.Terminal.Out.WriteAsync(
            CtlMemberTable.Build(view, session.Scope, isExtended: false, isTopology: false).Format("pretty"));
    }

    private string Now() => session.Time.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss.fffff", CultureInfo.InvariantCulture);

    private static MemberName? Name(string? text) => text is null ? null : new MemberName(text);
}
