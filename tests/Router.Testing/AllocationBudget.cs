using System.Text.Json;

namespace Router.Testing;

/// <summary>The bytes that one operation may allocate: <c>perf/budgets.json</c>.</summary>
public static class AllocationBudget
{
    public static long Of(string operation)
    {
        using var budgets = JsonDocument.Parse(File.ReadAllText(Find(AppContext.BaseDirectory)));
        return budgets.RootElement.GetProperty(operation).GetInt64();
    }

    private static string Find(string directory) =>
        Path.Combine(directory, "perf", "budgets.json") is var file && File.Exists(file)
            ? file
            : Find(Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("not inside the repository"));
}
