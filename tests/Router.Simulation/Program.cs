using System.Globalization;
using Router.Simulation;

var seed = Option("--seed", 1);
var runs = Option("--runs", 1);
var mutation = Array.IndexOf(args, "--mutation") is >= 0 and var named && named + 1 < args.Length
    ? Enum.Parse<Mutation>(args[named + 1])
    : Mutation.None;
var isVerbose = args.Contains("--transcript") || runs == 1;
for (var next = seed; next < seed + runs; next++)
{
    var result = Simulation.Run(next, mutation);
    if (isVerbose || result.Verdict is not null)
    {
        Console.Write(result.Transcript);
    }

    Console.WriteLine(
        $"seed {result.Seed}: {result.Verdict ?? "ok"} ({result.Scenery}; {result.Promotions} promotions, "
        + $"{result.Acknowledgements} commits)");
    if (result.Verdict is not null)
    {
        Console.WriteLine($"replay: dotnet run --project tests/Router.Simulation -- --seed {result.Seed}");
        return 1;
    }
}

return 0;

int Option(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length
    && int.TryParse(args[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        ? value
        : otherwise;
