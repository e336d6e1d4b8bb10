using System.Collections.Immutable;

namespace Router.Proxy.Authentication.Hba;

/// <summary>One line cut into fields, each a list of words with commas between them.</summary>
/// <param name="Number">Counts from 1; of the first, where a backslash joins several.</param>
/// <param name="Problem">Why it could not be cut to its end; null: it was.</param>
internal sealed record HbaLine(int Number, ImmutableArray<ImmutableArray<HbaWord>> Fields, string? Problem)
{
    public bool IsEmpty => Fields.IsEmpty && Problem is null;
}
