namespace Router.Proxy.Console;

/// <summary>The types of the console's columns, PgBouncer's choice of PostgreSQL's.</summary>
internal enum ConsoleType
{
    Text,
    Int4,
    Int8,
    Numeric,
    Bytes,
}
