using System.Globalization;

namespace Router.Agent.Api;

/// <summary>Reads the time of a scheduled switchover or restart; the refusals are Patroni's.</summary>
internal static class ScheduleText
{
    /// <returns>The time, or the refusal.</returns>
    public static (DateTimeOffset At, ApiReply? Refusal) Parse(string? text, string action, DateTimeOffset now)
    {
        if (!DateTime.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var bare)
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
        {
            return (default, ApiReply.Text(
                422, "Unable to parse scheduled timestamp. It should be in an unambiguous format, e.g. ISO 8601"));
        }

        if (bare.Kind == DateTimeKind.Unspecified)
        {
            return (default, ApiReply.Text(400, $"Timezone information is mandatory for the scheduled {action}"));
        }

        return at < now
            ? (default, ApiReply.Text(422, $"Cannot schedule {action} in the past"))
            : (at, null);
    }
}
