using System.Globalization;
using System.Text.Json.Nodes;

namespace Router.Agent.Api;

/// <summary>POST and DELETE /restart (rest-api.md 7).</summary>
internal sealed class RestartEndpoint(IAgentStatus status, IAgentOperations operations, TimeProvider time)
{
    public async Task<ApiReply> PostAsync(ApiRequest request)
    {
        var body = request.Body ?? [];
        if (status.Current.Settings.Pause && body.ContainsKey("schedule"))
        {
            return ApiReply.Text(500, "Can't schedule restart in the paused state");
        }

        var filter = new RestartFilter();
        DateTimeOffset? at = null;
        foreach (var (key, value) in body)
        {
            ApiReply? refusal;
            if (key == "schedule")
            {
                (var parsed, refusal) = ScheduleText.Parse(value?.ToString(), "restart", time.GetUtcNow());
                at = parsed;
            }
            else
            {
                (filter, refusal) = Apply(filter, key, value);
            }

            if (refusal is not null)
            {
                return refusal;
            }
        }

        return at is { } later ? Schedule(later, filter) : await RestartAsync(filter, request.Aborted);
    }

    public ApiReply Delete() => operations.DeleteScheduledRestart()
        ? ApiReply.Text(200, "scheduled restart deleted")
        : ApiReply.Text(404, "no restarts are scheduled");

    private async Task<ApiReply> RestartAsync(RestartFilter filter, CancellationToken aborted)
    {
        var answer = await operations.RestartAsync(filter, aborted);
        return ApiReply.Text(answer.IsSuccess ? 200 : 503, answer.Text);
    }

    private ApiReply Schedule(DateTimeOffset at, RestartFilter filter) =>
        operations.TryScheduleRestart(new RestartSchedule(at, filter, status.Current.Postgres.PostmasterStartTime))
            ? ApiReply.Text(202, "Restart scheduled")
            : ApiReply.Text(409, "Another restart is already scheduled");

    private static (RestartFilter Filter, ApiReply? Refusal) Apply(RestartFilter filter, string key, JsonNode? value)
    {
        var text = value?.ToString() ?? "";
        switch (key)
        {
            case "role":
                return text is "primary" or "master" or "standby_leader" or "replica"
                    ? (filter with { Role = text == "master" ? "primary" : text }, null)
                    : Refuse(filter, "PostgreSQL role should be either primary, standby_leader, or replica");
            case "postgres_version":
                return IsVersion(text)
                    ? (filter with { PostgresVersion = text }, null)
                    : Refuse(filter, $"Invalid PostgreSQL version format: {text}; use as in 9.6.24 or 15.4");
            case "timeout":
                return Quantity.ParseSeconds(text) is { } seconds and > 0
                    ? (filter with { Timeout = TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)) }, null)
                    : Refuse(filter, "Timeout should be a positive number of seconds");
            case "restart_pending":
                return (filter with { IsPendingOnly = text.ToUpperInvariant() is "TRUE" or "ON" or "YES" or "1" }, null);
            default:
                return Refuse(filter, $"Unknown filter for the scheduled restart: {key}");
        }
    }

    /// <summary>Two numbers from PostgreSQL 10 on, three before.</summary>
    private static bool IsVersion(string text)
    {
        var parts = text.Split('.');
        var areNumbers = parts.All(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        return areNumbers && parts.Length == (int.Parse(parts[0], CultureInfo.InvariantCulture) >= 10 ? 2 : 3);
    }

    private static (RestartFilter Filter, ApiReply? Refusal) Refuse(RestartFilter filter, string text) =>
        (filter, ApiReply.Text(400, text));
}
