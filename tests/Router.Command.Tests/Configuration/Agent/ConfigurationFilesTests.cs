using System.Diagnostics;
using Router.Configuration;
using Router.Configuration.Agent;

namespace Router.Command.Tests.Configuration.Agent;

/// <summary>A path that is no configuration file is one error, and nobody waits for it.</summary>
public sealed class ConfigurationFilesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("router-files-");
    private readonly Findings _findings = new();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Missing_file_is_said_to_be_missing() => AssertRefused(At("nowhere.yml"), "there is no such file");

    [Fact]
    public void Missing_directory_on_the_way_is_the_same() => AssertRefused(At("no/where.yml"), "there is no such file");

    [Fact]
    public void Empty_file_is_one_error()
    {
        File.WriteAllText(At("f.yml"), "");
        AssertRefused(At("f.yml"), "is empty");
    }

    [Fact]
    public async Task Pipe_is_refused_without_being_opened()
    {
        using var made = Process.Start("mkfifo", [At("pipe")]);
        await made.WaitForExitAsync();
        var reading = Task.Factory.StartNew(
            () => AssertRefused(At("pipe"), "not a file"), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await reading.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Device_is_refused() => AssertRefused("/dev/zero", "not a file");

    [Fact]
    public void Directory_without_yaml_is_one_error() => AssertRefused(_directory.FullName, "directory without a .yml");

    [Fact]
    public void Broken_file_of_a_directory_refuses_all_of_it()
    {
        File.WriteAllText(At("a.yml"), "scope: main\n");
        File.WriteAllText(At("b.yml"), "name: [\n");
        Assert.Null(ConfigurationFiles.Read(_directory.FullName, _findings));
        Assert.StartsWith(At("b.yml"), Assert.Single(_findings.All).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Huge_file_is_refused()
    {
        File.WriteAllText(At("f.yml"), new string('#', (1 << 20) + 1));
        AssertRefused(At("f.yml"), "longer than 1 MB");
    }

    private string At(string name) => Path.Combine(_directory.FullName, name);

    private void AssertRefused(string path, string words)
    {
        Assert.Null(ConfigurationFiles.Read(path, _findings));
        var finding = Assert.Single(_findings.All);
        Assert.Equal((FindingSeverity.Error, path), (finding.Severity, finding.At.Source));
        Assert.Contains(words, finding.Sentence, StringComparison.Ordinal);
    }
}
