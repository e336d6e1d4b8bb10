using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Router.Testing;

namespace Router.Integration.Tests.Bouncer;

/// <summary>
/// The same commands to PgBouncer and to this program in its place, from the same file. What both answer stands once in the
/// transcript; where they differ both answers stand there, and the script says why.
/// </summary>
[Trait("Category", "Integration")]
public sealed partial class BouncerTranscriptTests(BouncerServer server) : IClassFixture<BouncerServer>
{
    private static readonly bool Regenerates = Environment.GetEnvironmentVariable("ROUTER_REGENERATE") == "1";

    [Theory]
    [InlineData("console", "")]
    [InlineData("clients", "max_client_conn = 5")]
    [InlineData("lookup", "auth_type = md5\nauth_user = looker\nauth_query = SELECT usename, passwd FROM pg_shadow WHERE usename=$1")]
    public Task Both_answer_alike_but_for_what_is_explained(string name, string settings) => CompareAsync(name, settings);

    [Fact]
    public async Task Both_let_in_by_the_same_lines_of_an_HBA_file()
    {
        using var certificates = new TestCertificates();
        File.SetUnixFileMode(certificates.KeyFile, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        foreach (var (file, text) in new[]
        {
            ("users", $"{BouncerServer.Users}\"{Environment.UserName}\" \"me\"\n\"tls\" \"tls\"\n\"clear\" \"clear\"\n\"db2\" \"db2\"\n\"listed\" \"listed\"\n"),
            ("names", "listed, \"two words\"\n"),
            ("hba", await File.ReadAllTextAsync(FileOf("hba.conf"))),
        })
        {
            await File.WriteAllTextAsync(certificates.Path(file), text);
        }

        await CompareAsync("hba", $"""
            auth_type = hba
            auth_hba_file = {certificates.Path("hba")}
            auth_file = {certificates.Path("users")}
            client_tls_sslmode = allow
            client_tls_cert_file = {certificates.CertificateFile}
            client_tls_key_file = {certificates.KeyFile}
            """);
    }

    private async Task CompareAsync(string name, string settings)
    {
        using var theirs = await server.StartPgBouncerAsync(settings);
        using var ours = await server.StartRouterAsync(settings);
        var transcript = new StringBuilder();
        var unexplained = new List<string>();
        foreach (var line in await File.ReadAllLinesAsync(FileOf(name + ".txt")))
        {
            transcript.Append(line).Append('\n');
            if (StepForm().Match(line) is not { Success: true } step)
            {
                continue;
            }

            var (theirAnswer, ourAnswer) = (await AnswerAsync(theirs, step), await AnswerAsync(ours, step));
            if (theirAnswer == ourAnswer)
            {
                transcript.Append(ourAnswer);
                continue;
            }

            transcript.Append("PgBouncer 1.18:\n").Append(theirAnswer).Append("Router:\n").Append(ourAnswer);
            if (!step.Groups["why"].Success)
            {
                unexplained.Add($"{line}\nPgBouncer 1.18:\n{theirAnswer}Router:\n{ourAnswer}");
            }
        }

        var expected = FileOf(name + ".expected");
        if (Regenerates)
        {
            await File.WriteAllTextAsync(expected, transcript.ToString());
        }

        Assert.Empty(unexplained);
        Assert.Equal(await File.ReadAllTextAsync(expected), transcript.ToString());
    }

    private async Task<string> AnswerAsync(PoolerProcess pooler, Match step)
    {
        var (_, output) = await pooler.PsqlAsync(
            step.Groups["login"].Value.Replace("ME", Environment.UserName, StringComparison.Ordinal), step.Groups["database"].Value,
            step.Groups["sql"].Value, step.Groups["way"] is { Success: true, Value: not "local" } way ? way.Value : "prefer",
            step.Groups["way"].Value == "local" ? pooler.Directory : null);
        return ConnectionForm().Replace(output, "psql: error: ")
            .Replace($"{pooler.Port}", "PORT", StringComparison.Ordinal)
            .Replace($"{server.Port}", "SERVER", StringComparison.Ordinal)
            .Replace(pooler.Directory, "DIR", StringComparison.Ordinal);
    }

    private static string FileOf(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "scripts", name);

    /// <summary>login@database by sslmode> statement   -- why the answers differ; local is the unix socket, ME is whoever runs the tests</summary>
    [GeneratedRegex("^(?<login>[^@ ]+)@(?<database>[^> ]+)( by (?<way>[a-z]+))?> (?<sql>.*?)(  -- (?<why>.+))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex StepForm();

    [GeneratedRegex("psql: error: connection to server (at|on) .*? failed: ")]
    private static partial Regex ConnectionForm();
}
