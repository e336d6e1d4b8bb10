using System.Collections.Immutable;
using System.Globalization;
using Router.Configuration.PgBouncer.Ini;

namespace Router.Configuration.PgBouncer.Settings;

/// <summary>The notations that PgBouncer's settings share.</summary>
internal static class SettingKinds
{
    /// <summary>Taken as it stands.</summary>
    public static SettingKind<string> Text { get; } = new(text => (true, text), text => text, "write a text");

    public static SettingKind<int> Number { get; } = Integer(int.MinValue, int.MaxValue, "write a whole number, such as 100");

    public static SettingKind<uint> Unsigned { get; } = new(
        text => CNumber.Integer(text) is >= 0 and <= uint.MaxValue and var number ? (true, (uint)number) : (false, 0),
        number => number.ToString(CultureInfo.InvariantCulture),
        "write a whole number from 0 to 4294967295");

    /// <summary>A whole number too: any but 0 is on.</summary>
    public static SettingKind<bool> Flag { get; } = new(
        text => CNumber.Integer(text) is { } number ? (true, number != 0) : (false, false),
        flag => flag ? "1" : "0",
        "write 0 or 1");

    /// <summary>Written in octal; PgBouncer prints it in decimal.</summary>
    public static SettingKind<UnixFileMode> Permissions { get; } = new(
        text => CNumber.Integer(text) is >= 0 and <= 0xFFF and var mode ? (true, (UnixFileMode)mode) : (false, default),
        mode => ((int)mode).ToString(CultureInfo.InvariantCulture),
        "write it as chmod takes it, with a zero before it, such as 0770");

    public static SettingKind<TimeSpan> Seconds { get; } = new(
        text => CNumber.Seconds(text) is { } time ? (true, time) : (false, default),
        time => time.TotalSeconds.ToString("g6", CultureInfo.InvariantCulture),
        "write seconds, such as 15 or 0.5, without a unit");

    public static SettingKind<TimeSpan> WholeSeconds { get; } = Whole(TimeSpan.TicksPerSecond, "write whole seconds, such as 15");

    public static SettingKind<TimeSpan> Milliseconds { get; } =
        Whole(TimeSpan.TicksPerMillisecond, "write whole milliseconds, such as 500");

    /// <summary>Names with commas or blanks between them.</summary>
    public static SettingKind<ImmutableArray<string>> Names { get; } = new(
        text => (true, [.. text.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries)]),
        names => string.Join(", ", names),
        "write names with commas between them");

    public static SettingKind<int> Integer(int min, int max, string advice) => new(
        text => CNumber.Integer(text) is { } number && number >= min && number <= max ? (true, (int)number) : (false, 0),
        number => number.ToString(CultureInfo.InvariantCulture),
        advice);

    /// <summary>One of some words; capitals do not matter.</summary>
    public static SettingKind<T> OneOf<T>(params (string Word, T Value)[] choices)
        where T : struct, Enum
    {
        return new SettingKind<T>(Read, Show, $"write {string.Join(", ", choices.Select(choice => choice.Word))}");

        (bool, T) Read(string text)
        {
            var index = Array.FindIndex(choices, choice => choice.Word.Equals(text, StringComparison.OrdinalIgnoreCase));
            return index < 0 ? (false, default) : (true, choices[index].Value);
        }

        string Show(T value) => choices.First(choice => EqualityComparer<T>.Default.Equals(choice.Value, value)).Word;
    }

    private static SettingKind<TimeSpan> Whole(long ticks, string advice) => new(
        text => CNumber.Integer(text) is >= 0 and <= int.MaxValue and var units
            ? (true, TimeSpan.FromTicks(units * ticks))
            : (false, default),
        time => (time.Ticks / ticks).ToString(CultureInfo.InvariantCulture),
        advice);
}
