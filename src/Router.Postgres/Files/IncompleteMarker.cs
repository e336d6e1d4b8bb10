namespace Router.Postgres.Files;

/// <summary>
/// A file in the data directory that stands there while something fills or rewrites it: what did not end is never
/// started. The first line is the kind, the second the sentence.
/// </summary>
internal sealed record IncompleteMarker(IncompleteKind Kind, string Sentence)
{
    public const string Name = "router.incomplete";

    public static IncompleteMarker? Read(string dataDirectory)
    {
        if (AtomicFile.ReadOrNull(Path.Combine(dataDirectory, Name)) is not { } text)
        {
            return null;
        }

        var lines = text.Split('\n');
        _ = Enum.TryParse<IncompleteKind>(lines[0], out var kind);
        return new IncompleteMarker(kind, lines.Length > 1 ? lines[1] : "an operation on the directory did not end");
    }

    public static void Set(string dataDirectory, IncompleteKind kind)
    {
        var sentence = kind switch
        {
            IncompleteKind.Bootstrap => "the making of this cluster did not end; it is begun anew",
            IncompleteKind.Copy => "the copying of this directory did not end; it is begun anew",
            _ => "pg_rewind did not end; the directory has to be set aside and copied anew",
        };
        AtomicFile.Write(Path.Combine(dataDirectory, Name), $"{kind}\n{sentence}\n");
    }

    public static void Clear(string dataDirectory)
    {
        File.Delete(Path.Combine(dataDirectory, Name));
        AtomicFile.FlushDirectory(dataDirectory);
    }
}
