namespace Router.Protocol.Authentication;

/// <summary>
/// Unicode's normalization form KC (UAX 15) for the code points that SASLprep lets through: taken apart, put in canonical
/// order, composed again.
/// </summary>
internal static class Nfkc
{
    private const int SyllableFirst = 0xAC00;
    private const int LeadFirst = 0x1100;
    private const int VowelFirst = 0x1161;

    /// <summary>One before the first: no trail is a trail of its own in this arithmetic.</summary>
    private const int TrailBase = 0x11A7;

    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TrailCount;

    public static List<int> Normalize(List<int> codePoints)
    {
        var table = SaslPrepTable.Instance;
        var apart = new List<int>(codePoints.Count);
        foreach (var codePoint in codePoints)
        {
            Decompose(table, codePoint, apart);
        }

        Order(table, apart);
        return Compose(table, apart);
    }

    private static void Decompose(SaslPrepTable table, int codePoint, List<int> output)
    {
        if (codePoint - SyllableFirst is >= 0 and < SyllableCount and var syllable)
        {
            output.Add(LeadFirst + syllable / (VowelCount * TrailCount));
            output.Add(VowelFirst + syllable / TrailCount % VowelCount);
            if (syllable % TrailCount != 0)
            {
                output.Add(TrailBase + syllable % TrailCount);
            }
        }
        else if (table.Decomposition(codePoint) is { } parts)
        {
            foreach (var part in parts)
            {
                Decompose(table, part, output);
            }
        }
        else
        {
            output.Add(codePoint);
        }
    }

    /// <summary>Marks between two beginnings by their class; those of one class stay in their order.</summary>
    private static void Order(SaslPrepTable table, List<int> codePoints)
    {
        for (var start = 0; start < codePoints.Count; start++)
        {
            var end = start;
            while (end < codePoints.Count && table.CombiningClass(codePoints[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                var marks = codePoints.GetRange(start, end - start).OrderBy(table.CombiningClass).ToList();
                codePoints.RemoveRange(start, marks.Count);
                codePoints.InsertRange(start, marks);
            }

            start = end;
        }
    }

    private static List<int> Compose(SaslPrepTable table, List<int> apart)
    {
        var output = new List<int>(apart.Count);
        var (starter, lastClass) = (-1, 0);
        foreach (var codePoint in apart)
        {
            // A mark reaches its beginning only past marks of lower classes, a second beginning only if it stands next.
            var combiningClass = table.CombiningClass(codePoint);
            var isNext = starter == output.Count - 1;
            if (starter >= 0 && (isNext || lastClass < combiningClass)
                && TryCompose(table, output[starter], codePoint) is { } composed)
            {
                output[starter] = composed;
                continue;
            }

            if (combiningClass == 0)
            {
                starter = output.Count;
            }

            lastClass = combiningClass;
            output.Add(codePoint);
        }

        return output;
    }

    private static int? TryCompose(SaslPrepTable table, int first, int second)
    {
        if (first - LeadFirst is >= 0 and < LeadCount and var lead
            && second - VowelFirst is >= 0 and < VowelCount and var vowel)
        {
            return SyllableFirst + (lead * VowelCount + vowel) * TrailCount;
        }

        if (first - SyllableFirst is >= 0 and < SyllableCount and var syllable && syllable % TrailCount == 0
            && second - TrailBase is > 0 and < TrailCount and var trail)
        {
            return first + trail;
        }

        return table.Composition(first, second);
    }
}
