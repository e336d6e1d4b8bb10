namespace Router.Proxy.Tls;

/// <summary>When the files of TLS were written, and how long they are: another value means other files.</summary>
internal readonly record struct TlsStamp(long Value)
{
    /// <summary>Links are followed to their end: volumes of secrets are renewed by changing one.</summary>
    public static TlsStamp Of(TlsOptions client, TlsOptions server)
    {
        var hash = default(HashCode);
        foreach (var options in new[] { client, server }.Where(static options => options.Mode != TlsMode.Disable))
        {
            Add(ref hash, options.CertFile);
            Add(ref hash, options.KeyFile);
            Add(ref hash, options.CaFile);
        }

        return new TlsStamp(hash.ToHashCode());
    }

    private static void Add(ref HashCode hash, string? path)
    {
        try
        {
            if (path is not null)
            {
                var file = (FileInfo)(new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) ?? new FileInfo(path));
                hash.Add(file.FullName);
                hash.Add(file.Exists ? (file.LastWriteTimeUtc.Ticks, file.Length) : default);
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // Not there, for now: reading it will say so.
            hash.Add(unreadable.GetType());
        }
    }
}
