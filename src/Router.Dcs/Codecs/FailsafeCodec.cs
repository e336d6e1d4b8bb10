using System.Collections.Immutable;
using System.Text.Json;
using Router.Cluster;

namespace Router.Dcs.Codecs;

/// <summary>The <c>failsafe</c> key: an object of member name to URL.</summary>
public static class FailsafeCodec
{
    public static string Encode(FailsafeTopology topology)
    {
        var json = new CompactJson().BeginObject();
        foreach (var (name, url) in topology.ApiUrls)
        {
            _ = json.Name(name).Text(url);
        }

        return json.EndObject().ToString();
    }

    public static FailsafeTopology? TryDecode(string text)
    {
        if (JsonReading.TryParseObject(text) is not { } root)
        {
            return null;
        }

        var urls = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var member in root.EnumerateObject())
        {
            // Who is left out must not lead (dcs-layout: failsafe), so a partly read list is not taken for the whole.
            if (member.Value.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            urls[member.Name] = member.Value.GetString()!;
        }

        return new FailsafeTopology(urls.ToImmutable());
    }
}
