using System.Reflection;
using Router.Configuration.PgBouncer.Settings;

namespace Router.Command.Tests.Configuration.PgBouncer.Settings;

public sealed class SettingTableTests
{
    [Fact]
    public void Table_lists_every_setting_once_in_the_order_of_the_console()
    {
        var declared = typeof(SettingTable).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(field => field.GetValue(null)).OfType<Setting>().ToHashSet();
        Assert.Equal(declared, SettingTable.All.ToHashSet());
        Assert.Equal(SettingTable.Keys.Order(StringComparer.Ordinal), SettingTable.Keys);
        Assert.Equal(SettingTable.All.Length, SettingTable.Keys.Distinct().Count());
    }

    [Fact]
    public void Every_default_is_a_value_that_reads_as_itself() => Assert.All(SettingTable.All, setting =>
    {
        if (setting.Default is { } text)
        {
            var shown = setting == SettingTable.UnixSocketMode ? "511" : text;
            Assert.Equal(shown, setting.ShowDefault());
            Assert.Equal(shown, setting.Show(setting.Read(text)!));
        }
    });

    [Theory]
    [InlineData("auth_file", null)]
    [InlineData("admin_users", "")]
    [InlineData("verbose", "0")]
    public void Unset_text_is_not_shown_and_an_unset_number_is_zero(string key, string? expected) =>
        Assert.Equal(expected, SettingValues.Default.Show(SettingTable.Find(key)!));

    [Theory]
    [InlineData("max_client_conn", "0x10", "16")]
    [InlineData("query_timeout", "1.50", "1.5")]
    [InlineData("server_lifetime", "604800", "604800")]
    [InlineData("unix_socket_mode", "0750", "488")]
    [InlineData("pool_mode", "STATEMENT", "statement")]
    [InlineData("so_reuseport", "2", "1")]
    [InlineData("tcp_user_timeout", "250", "250")]
    public void Value_is_shown_in_one_way(string key, string written, string shown)
    {
        var settings = IniTexts.Good($"[pgbouncer]\n{key} = {written}\n").Settings;
        Assert.Equal(shown, settings.Show(SettingTable.Find(key)!));
    }
}
