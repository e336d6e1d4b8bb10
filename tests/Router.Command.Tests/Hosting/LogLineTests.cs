using Microsoft.Extensions.Logging;
using Router.Hosting;

namespace Router.Command.Tests.Hosting;

public sealed class LogLineTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 30, 15, 250, TimeSpan.Zero);

    [Fact]
    public void Plain_line_has_time_level_short_category_and_message() => Assert.Equal(
        "2026-03-01 12:30:15.250Z WARNING HaCycle: no leader",
        LogLine.Plain(At, LogLevel.Warning, "Router.Agent.HaCycle", "no leader", null));

    [Fact]
    public void Message_cannot_forge_a_second_line() => Assert.Equal(
        @"2026-03-01 12:30:15.250Z INFO    a: x\n2026 CRITICAL\x1b",
        LogLine.Plain(At, LogLevel.Information, "a", "x\n2026 CRITICAL\u001b", null));

    [Fact]
    public void Exception_of_a_warning_is_its_message_and_of_an_error_all_of_it()
    {
        var exception = new IOException("gone");
        Assert.EndsWith("a: x: gone", LogLine.Plain(At, LogLevel.Warning, "a", "x", exception), StringComparison.Ordinal);
        Assert.EndsWith("a: x: System.IO.IOException: gone",
            LogLine.Plain(At, LogLevel.Error, "a", "x", exception), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_line_has_the_fields_of_the_event() => Assert.Equal(
        """{"time":"2026-03-01T12:30:15.25Z","level":"INFO","category":"Router.A","event":7,"message":"pool main","Pool":"main","Count":"3"}""",
        LogLine.Json(At, LogLevel.Information, "Router.A", new EventId(7), "pool main",
            [new("Pool", "main"), new("Count", 3), new("{OriginalFormat}", "pool {Pool}")], null));
}
