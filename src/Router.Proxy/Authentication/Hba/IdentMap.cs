using System.Collections.Immutable;

namespace Router.Proxy.Authentication.Hba;

/// <summary>The lines of an ident file that have one name: which account, or certificate, may log in as whom.</summary>
public sealed class IdentMap
{
    private readonly ImmutableArray<IdentLine> _lines;

    internal IdentMap(string name, ImmutableArray<IdentLine> lines) => (Name, _lines) = (name, lines);

    public string Name { get; }

    /// <param name="identity">The account's name, or the certificate's.</param>
    public bool Allows(string identity, string user) => _lines.Any(line => line.Allows(identity, user));

    public override string ToString() => Name;
}
