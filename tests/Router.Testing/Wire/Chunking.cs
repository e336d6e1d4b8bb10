namespace Router.Testing.Wire;

/// <summary>Into which pieces a stream of bytes is cut on its way. A seed gives the same pieces again.</summary>
public sealed class Chunking
{
    /// <summary>A long stream byte by byte takes for ever; behind this many bytes the pieces grow.</summary>
    private const int SingleMax = 3000;

    private readonly Func<Random, int, int> _length;
    private readonly string _name;
    private readonly int _seed;

    private Chunking(string name, int seed, Func<Random, int, int> length)
    {
        _name = name;
        _seed = seed;
        _length = length;
    }

    /// <summary>As the script writes it.</summary>
    public static Chunking Whole { get; } = new("whole", 0, static (_, _) => int.MaxValue);

    /// <summary>One byte at a time.</summary>
    public static Chunking Single { get; } = new(
        "byte by byte", 1, static (random, sent) => sent < SingleMax ? 1 : random.Next(1, 8192));

    /// <summary>Mostly a few bytes, sometimes many.</summary>
    public static Chunking OfSeed(int seed) => new(
        $"random pieces, seed {seed}",
        seed,
        static (random, sent) => random.Next(3) switch
        {
            0 when sent < SingleMax => random.Next(1, 8),
            1 when sent < SingleMax => random.Next(1, 300),
            _ => random.Next(1, 40_000),
        });

    public override string ToString() => _name;

    /// <summary>A sequence of lengths of its own for each stream.</summary>
    internal Func<int, int> Begin(int stream)
    {
        var random = new Random((_seed * 100) + stream);
        return sent => _length(random, sent);
    }
}
