using System.Collections.Immutable;
using Microsoft.AspNetCore.WebUtilities;

namespace Router.Agent.Api;

/// <summary>
/// The part behind the question mark as Patroni reads it: names with case, of each the first value, empty values as if
/// they were not there.
/// </summary>
internal sealed class ApiQuery(ImmutableArray<KeyValuePair<string, string>> parameters)
{
    public static readonly ApiQuery None = new([]);

    public static ApiQuery Parse(string? query)
    {
        if (string.IsNullOrEmpty(query))
        {
            return None;
        }

        var parameters = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.DecodeName().ToString();
            if (!pair.EncodedValue.IsEmpty && !parameters.Any(parameter => parameter.Key == name))
            {
                parameters.Add(new(name, pair.DecodeValue().ToString()));
            }
        }

        return new ApiQuery(parameters.ToImmutable());
    }

    public string? this[string name]
    {
        get
        {
            foreach (var parameter in parameters)
            {
                if (parameter.Key == name)
                {
                    return parameter.Value;
                }
            }

            return null;
        }
    }

    /// <summary>The parameters <c>tag_NAME</c>, by NAME.</summary>
    public IEnumerable<KeyValuePair<string, string>> Tags => parameters
        .Where(parameter => parameter.Key.StartsWith("tag_", StringComparison.Ordinal))
        .Select(parameter => KeyValuePair.Create(parameter.Key["tag_".Length..], parameter.Value));
}
