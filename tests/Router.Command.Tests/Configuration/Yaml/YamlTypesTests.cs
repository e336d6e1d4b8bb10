using Router.Configuration;
using Router.Configuration.Yaml;

namespace Router.Command.Tests.Configuration.Yaml;

public sealed class YamlTypesTests
{
    // What Python prints for json.dumps(yaml.safe_load(text)), which is what Patroni stores.
    [Theory]
    [InlineData("on", "true")]
    [InlineData("Yes", "true")]
    [InlineData("OFF", "false")]
    [InlineData("no", "false")]
    [InlineData("oN", "\"oN\"")]
    [InlineData("y", "\"y\"")]
    [InlineData("'on'", "\"on\"")]
    [InlineData("!!str on", "\"on\"")]
    [InlineData("10", "10")]
    [InlineData("-3", "-3")]
    [InlineData("0", "0")]
    [InlineData("1_000", "1000")]
    [InlineData("0x1F", "31")]
    [InlineData("0b101", "5")]
    [InlineData("0644", "420")]
    [InlineData("0698", "\"0698\"")]
    [InlineData("1.5", "1.5")]
    [InlineData("1e3", "\"1e3\"")]
    [InlineData("512MB", "\"512MB\"")]
    [InlineData("~", "null")]
    [InlineData("null", "null")]
    [InlineData("", "null")]
    [InlineData("99999999999999999999", "\"99999999999999999999\"")]
    public void Plain_scalars_mean_what_they_mean_to_patroni(string text, string json)
    {
        var document = YamlReader.Read("f.yml", $"key: {text}\n", new Findings());
        Assert.Equal($$"""{"key":{{json}}}""", YamlTypes.ToJson(document!));
    }
}
