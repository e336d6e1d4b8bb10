using Router.Configuration;
using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.Yaml;

namespace Router.Command.Tests.Configuration.PgBouncer.Ini;

public sealed class IniFilesTests : IDisposable
{
    private static readonly SourcePosition Asked = new("p.ini", 3, 10);

    private readonly string _directory = Directory.CreateTempSubdirectory("router-ini-").FullName;
    private readonly Findings _findings = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("[pgbouncer]\n")]
    public void File_is_read_and_may_be_empty(string text)
    {
        Assert.Equal(text, IniFiles.Read(Write("a", text), Asked, _findings));
        Assert.Empty(_findings.All);
    }

    [Fact]
    public void What_is_no_file_is_told_where_it_was_asked_for()
    {
        Assert.Null(IniFiles.Read(_directory + "/none", Asked, _findings));
        Assert.Null(IniFiles.Read(_directory, Asked, _findings));
        Assert.Equal(
            [
                $"p.ini:3:10: there is no file {_directory}/none",
                $"p.ini:3:10: {_directory} is a directory, or longer than 64 MiB; is it a configuration file?",
            ],
            _findings.All.Select(finding => finding.ToString()));
    }

    [Theory]
    [InlineData("a.ini", "scope: x\n", true)]
    [InlineData("a.conf", "\n; c\n # c\n [databases]\n", true)]
    [InlineData("a.conf", "scope: x\n[a]\n", false)]
    [InlineData("a.yml", "# c\n[a, b\n", false)]
    [InlineData("a.conf", "; c\n", false)]
    [InlineData("a.conf", "", false)]
    public void File_is_known_by_its_name_or_its_first_header(string name, string text, bool isIni) =>
        Assert.Equal(isIni, IniFiles.IsIni(Write(name, text)));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
