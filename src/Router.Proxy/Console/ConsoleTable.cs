using System.Collections.Immutable;
using System.Globalization;

namespace Router.Proxy.Console;

/// <summary>An answer of the console: columns and rows. A value is a text, a whole number, or null.</summary>
internal sealed class ConsoleTable
{
    private readonly List<object?[]> _rows = [];

    public ConsoleTable(params (string Name, ConsoleType Type)[] columns) => Columns = [.. columns];

    public ImmutableArray<(string Name, ConsoleType Type)> Columns { get; }

    public IReadOnlyList<object?[]> Rows => _rows;

    /// <summary>Adds a row with one value for each column, in their order.</summary>
    public void Add(params object?[] values)
    {
        if (values.Length != Columns.Length)
        {
            throw new ArgumentException($"{values.Length} values for {Columns.Length} columns", nameof(values));
        }

        _rows.Add(values);
    }

    /// <summary>As text, the way every type is sent unless binary was asked for.</summary>
    public static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
