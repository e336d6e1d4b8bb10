namespace Router.Configuration;

/// <summary>Guesses which known word somebody meant.</summary>
internal static class Spelling
{
    private const int DistanceMax = 2;

    public static string? Nearest(string word, IEnumerable<string> known) =>
        known.Select(candidate => (candidate, distance: Distance(word, candidate)))
            .Where(pair => pair.distance <= DistanceMax && pair.distance < word.Length)
            .OrderBy(pair => pair.distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Select(pair => pair.candidate)
            .FirstOrDefault();

    /// <summary><c> (did you mean '…'?)</c>, or nothing where no word is near.</summary>
    public static string Advice(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } meant ? $" (did you mean '{meant}'?)" : "";

    /// <summary>Letters to insert, delete or replace (Levenshtein).</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
