using Router.Configuration;
using Router.Configuration.PgBouncer;
using Router.Configuration.PgBouncer.Conversion;

namespace Router.Commands;

/// <summary><c>router convert</c>: what a site of PgBouncer begins with.</summary>
internal sealed class ConvertCommand : ICommand
{
    public string Name => "convert";

    public string Summary => "print the router.yml that means the same as a pgbouncer.ini";

    public string Help => """
        Usage: router convert FILE

        Reads FILE (pgbouncer.ini, with what it includes) and prints a router.yml with the same meaning. Behind each value
        stands where it came from; what has no place in a router.yml is a comment that says why. Lines marked FILL IN are
        for you: which cluster to follow, and where its store is. Findings about FILE go to standard error.
        Exit code 0: printed; 2: FILE is refused.

        Example: router convert /etc/pgbouncer/pgbouncer.ini > /etc/router/router.yml

        """;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        if (arguments is not [var path] || path.StartsWith('-'))
        {
            throw new UsageException("expected one file");
        }

        var findings = new Findings();
        var configuration = PgBouncerIni.Load(path, findings);
        if (configuration is not null)
        {
            ConversionWarnings.Add(configuration.Settings, findings);
        }

        foreach (var finding in findings.Told)
        {
            await terminal.ComplainAsync(finding.ToString());
        }

        if (configuration is null)
        {
            return ExitCode.Usage;
        }

        await terminal.Out.WriteAsync(RouterYamlConversion.Of(configuration));
        return ExitCode.Ok;
    }
}
