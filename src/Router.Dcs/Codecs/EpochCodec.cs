using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>The <c>epoch</c> key: <c>{"number":3,"holder":"a","timeline":2,"opened":false}</c>.</summary>
public static class EpochCodec
{
    public static string Encode(Epoch epoch) => new CompactJson()
        .BeginObject()
        .Name("number").Number(epoch.Number)
        .Name("holder").Text(epoch.Holder.Value)
        .Name("timeline").Number(epoch.Timeline.Value)
        .Name("opened").Boolean(epoch.IsOpened)
        .EndObject()
        .ToString();

    public static Epoch? TryDecode(string text)
    {
        if (JsonReading.TryParseObject(text) is not { } root
            || root.IntegerOrNull("number") is not { } number
            || root.TextOrNull("holder") is not { } holder
            || root.IntegerOrNull("timeline") is not (>= 0 and <= int.MaxValue and var timeline)
            || !root.TryGet("opened", out var opened)
            || SettingText.TryBoolean(opened) is not { } isOpened)
        {
            return null;
        }

        return new Epoch(number, new MemberName(holder), new Timeline((int)timeline), isOpened);
    }
}
