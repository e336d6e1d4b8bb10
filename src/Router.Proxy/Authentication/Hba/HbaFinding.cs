namespace Router.Proxy.Authentication.Hba;

/// <summary>What is wrong with a line of an HBA or ident file.</summary>
/// <param name="Line">Counts from 1; 0: of the file as a whole.</param>
public sealed record HbaFinding(string Path, int Line, string Sentence);
