namespace Router.Protocol.Sql;

/// <summary>One statement of a query text. Spans of the caller's bytes: nothing is copied.</summary>
public readonly ref struct StatementHead(StatementKind kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
{
    public StatementKind Kind { get; } = kind;

    /// <summary>
    /// The setting, prepared statement, cursor, channel or savepoint, as it is written (<see cref="SqlName"/> makes one
    /// spelling of it); empty where the kind has none.
    /// </summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>The statement from its first word on, without the semicolon.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;
}
