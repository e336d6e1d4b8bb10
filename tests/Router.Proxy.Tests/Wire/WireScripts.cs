using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Router.Testing.Wire;

namespace Router.Proxy.Tests.Wire;

/// <summary>The scripts beside these tests.</summary>
internal static class WireScripts
{
    public const string Extension = ".wire";

    /// <summary>Played against a server that the scripts play too.</summary>
    public static string Scripted => FolderOf("scripts");

    /// <summary>Played against PostgreSQL; their transcripts stand beside them.</summary>
    public static string Postgres => FolderOf("postgres");

    /// <summary>Names without the extension, sorted.</summary>
    public static ImmutableArray<string> Names(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*" + Extension).Select(path => Path.GetFileNameWithoutExtension(path)).Order(),
    ];

    public static ImmutableArray<WireScenario> Read(string folder, string name) =>
        WireScriptReader.Read(name + Extension, File.ReadAllText(Path.Combine(folder, name + Extension)));

    private static string FolderOf(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, name);
}
