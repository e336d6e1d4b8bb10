using System.Text.RegularExpressions;
using Router.Configuration;
using Router.Configuration.PgBouncer;
using Router.Configuration.PgBouncer.Settings;

namespace Router.Command.Tests.Configuration.PgBouncer;

/// <summary>The example shows every key with its default, and what Debian installs is read too.</summary>
public sealed partial class ExampleIniTests
{
    private const string Example = "pgbouncer.example.ini";

    private readonly Findings _findings = new();

    [Fact]
    public void Example_says_what_the_defaults_say()
    {
        var settings = PgBouncerIni.Load(Repository.ConfigurationFile(Example), _findings)!.Settings;
        Assert.Empty(_findings.All);
        Assert.All(SettingTable.All, setting =>
        {
            Assert.Equal(setting.ShowDefault(), settings.Show(setting));
            Assert.Equal(setting.Default is null, settings.Written(setting) is null);
        });
    }

    [Fact]
    public void Example_shows_every_key_and_no_other()
    {
        var text = KeyThatIsUnset().Replace(File.ReadAllText(Repository.ConfigurationFile(Example)), "");
        var texts = new IniTexts().With("p.ini", text);
        var configuration = texts.Read()!;
        Assert.Equal("", texts.All);
        Assert.All(SettingTable.All, setting => Assert.NotNull(configuration.Settings.Written(setting)));
        Assert.Equal(23, configuration.Databases.SelectMany(Keys).Distinct().Count());
        Assert.Equal(10, configuration.Users.SelectMany(Keys).Distinct().Count());
        Assert.Equal(3, configuration.Peers.SelectMany(Keys).Distinct().Count());
    }

    [Fact]
    public void Files_that_Debian_installs_are_good()
    {
        var files = new[]
        {
            "/etc/pgbouncer/pgbouncer.ini",
            "/usr/share/doc/pgbouncer/examples/pgbouncer.ini",
            "/usr/share/doc/pgbouncer/pgbouncer-minimal.ini",
        };
        Assert.All(files.Where(IsReadable), file =>
        {
            Assert.NotNull(PgBouncerIni.Load(file, _findings));
            Assert.Empty(_findings.All);
        });
    }

    private static IEnumerable<string> Keys(Router.Configuration.PgBouncer.Entries.INamedEntry entry) =>
        entry.Written.Select(pair => pair.Key);

    /// <summary>Its own directory is closed to others.</summary>
    private static bool IsReadable(string file)
    {
        try
        {
            using var opened = File.OpenRead(file);
            return true;
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [GeneratedRegex("^;(?=[a-z0-9_*]+ = )", RegexOptions.Multiline)]
    private static partial Regex KeyThatIsUnset();
}
