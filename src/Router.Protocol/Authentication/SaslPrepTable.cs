using System.Globalization;

namespace Router.Protocol.Authentication;

/// <summary>
/// The Unicode facts of SASLprep, read from saslprep.txt at the first password that is not ASCII. Ours, because the
/// framework leaves strings as they are where globalization is invariant.
/// </summary>
internal sealed class SaslPrepTable
{
    private static readonly Lazy<SaslPrepTable> Loaded = new(Load);

    private readonly Dictionary<int, int[]> _decompositions = [];
    private readonly Dictionary<(int, int), int> _compositions = [];
    private readonly Dictionary<int, int> _classes = [];

    public static SaslPrepTable Instance => Loaded.Value;

    /// <summary>Becomes a space.</summary>
    public CodePointSet Space { get; } = new();

    /// <summary>Becomes nothing.</summary>
    public CodePointSet Nothing { get; } = new();

    /// <summary>Makes the password one of raw bytes.</summary>
    public CodePointSet Banned { get; } = new();

    public CodePointSet RightToLeft { get; } = new();

    public CodePointSet LeftToRight { get; } = new();

    /// <summary>One step of decomposition; null where there is none.</summary>
    public int[]? Decomposition(int codePoint) => _decompositions.GetValueOrDefault(codePoint);

    /// <summary>What two code points are as one; null where they stay two.</summary>
    public int? Composition(int first, int second) =>
        _compositions.TryGetValue((first, second), out var composed) ? composed : null;

    /// <summary>The canonical combining class; 0 for what begins a character.</summary>
    public int CombiningClass(int codePoint) => _classes.GetValueOrDefault(codePoint);

    private static SaslPrepTable Load()
    {
        var table = new SaslPrepTable();
        var assembly = typeof(SaslPrepTable).Assembly;
        using var text = new StreamReader(assembly.GetManifestResourceStream("saslprep.txt")!);
        while (text.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                table.Add(line.Split(' '));
            }
        }

        return table;
    }

    private void Add(string[] line)
    {
        var range = line[1].Split('-');
        var (first, last) = (CodePoint(range[0]), CodePoint(range[^1]));
        switch (line[0])
        {
            case "space": Space.Add(first, last); break;
            case "nothing": Nothing.Add(first, last); break;
            case "banned": Banned.Add(first, last); break;
            case "right-to-left": RightToLeft.Add(first, last); break;
            case "left-to-right": LeftToRight.Add(first, last); break;
            case "class": AddClass(first, last, int.Parse(line[2], CultureInfo.InvariantCulture)); break;
            case "compose": _compositions.Add((CodePoint(line[2]), CodePoint(line[3])), first); goto default;
            default: AddDecompositions(first, last, Array.ConvertAll(line[2..], CodePoint)); break;
        }
    }

    private void AddClass(int first, int last, int combiningClass)
    {
        for (var codePoint = first; codePoint <= last; codePoint++)
        {
            _classes.Add(codePoint, combiningClass);
        }
    }

    private void AddDecompositions(int first, int last, int[] ofFirst)
    {
        for (var codePoint = first; codePoint <= last; codePoint++)
        {
            _decompositions.Add(codePoint, [ofFirst[0] + codePoint - first, .. ofFirst[1..]]);
        }
    }

    private static int CodePoint(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
