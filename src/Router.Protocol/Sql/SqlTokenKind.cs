namespace Router.Protocol.Sql;

/// <summary>What <see cref="SqlLexer"/> tells apart: as much as finding words and the ends of statements needs.</summary>
internal enum SqlTokenKind
{
    End,

    /// <summary>A keyword or an unquoted name.</summary>
    Word,

    /// <summary>A name in double quotes, <c>U&amp;"..."</c> too.</summary>
    QuotedName,

    /// <summary>A string constant of any kind, dollar quotes too.</summary>
    String,

    /// <summary>Any other single byte: an operator, a digit, a bracket, a semicolon.</summary>
    Symbol,
}
