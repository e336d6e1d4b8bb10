using System.Collections.Immutable;
using Router.Configuration.Yaml;

namespace Router.Configuration.PgBouncer.Ini;

/// <summary>
/// What stands between one header and the next, in the order of the files. A name may come more than once, and so may a
/// key: what that means is the reader's to say.
/// </summary>
internal sealed record IniSection(string Name, SourcePosition At, ImmutableArray<IniEntry> Entries);
