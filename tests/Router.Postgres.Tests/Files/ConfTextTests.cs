using Router.Postgres.Files;
using Router.Postgres.Options;

namespace Router.Postgres.Tests.Files;

public sealed class ConfTextTests
{
    [Theory]
    [InlineData("16MB")]
    [InlineData("")]
    [InlineData("it's")]
    [InlineData(@"cp %p C:\wal\'%f'")]
    [InlineData("two\nlines")]
    [InlineData("a # b")]
    [InlineData("FIRST 1 (\"b\", \"c-d\")")]
    public void Value_reads_back_as_it_was_written(string value) =>
        Assert.Equal(value, ConfText.ValueOf(ConfText.Line(new PostgresSetting("work_mem", value)), "work_mem"));

    [Theory]
    [InlineData("work_mem = 5MB", "5MB")]
    [InlineData("work_mem 5MB # remark", "5MB")]
    [InlineData("WORK_MEM='5MB'", "5MB")]
    [InlineData("work_mem = 4MB\nwork_mem = 5MB", "5MB")]
    [InlineData("#work_mem = 5MB", null)]
    [InlineData("my.work_mem = 5MB", null)]
    [InlineData("include 'work_mem'", null)]
    public void Lines_of_others_are_read(string text, string? value) => Assert.Equal(value, ConfText.ValueOf(text, "work_mem"));

    [Fact]
    public void Lines_of_named_parameters_are_taken_out()
    {
        var text = ConfText.Without(
            "# by hand\nwork_mem = '1'\nPrimary_ConnInfo = 'host=x'\n", new HashSet<string> { "primary_conninfo" });

        Assert.Equal("# by hand\nwork_mem = '1'\n", text);
    }
}
