using System.Text;
using Router.Protocol.Authentication;

namespace Router.Protocol.Tests.Authentication;

public sealed class ScramSecretTests
{
    /// <summary>Made by PostgreSQL 15 of the password "pencil".</summary>
    internal const string Pencil =
        "SCRAM-SHA-256$4096:JU1y7VDIP8TOC9tAHEXpUw==$gUXTFxQ0ezUhDvU+uLjbJUJi1Vqy+u0CU2K/QU17/ac=:"
        + "mtTdT2HKzX/3N8n6PeSozHY0OVN2MnoOu5Yl2lg5r7w=";

    [Fact]
    public void A_secret_is_read_as_written()
    {
        var secret = ScramSecret.Parse(Pencil)!;
        Assert.Equal((4096, 16, false), (secret.Iterations, secret.Salt.Length, secret.IsMock));
        Assert.Equal(Pencil, secret.Format());
    }

    [Fact]
    public void A_secret_is_built_from_a_password_as_PostgreSQL_builds_it()
    {
        var secret = ScramSecret.Parse(Pencil)!;
        var keys = ScramKeys.Derive("pencil"u8, secret.Salt, secret.Iterations);
        Assert.Equal(Pencil, keys.ToSecret(secret.Salt, secret.Iterations).Format());
        Assert.True(keys.Fit(secret));
        Assert.False(ScramKeys.Derive("Pencil"u8, secret.Salt, secret.Iterations).Fit(secret));
        Assert.False(ScramKeys.Derive("pencil"u8, secret.Salt, secret.Iterations + 1).Fit(secret));
        Assert.False(ScramKeys.Derive("pencil"u8, "another salt"u8, secret.Iterations).Fit(secret));
    }

    [Theory]
    [InlineData("4096", "0")]
    [InlineData("4096", "-1")]
    [InlineData("4096", " 4096")]
    [InlineData("4096", "99999999999")]
    [InlineData("4096", "")]
    [InlineData("JU1y7VDIP8TOC9tAHEXpUw==", "")]
    [InlineData("JU1y7VDIP8TOC9tAHEXpUw==", "JU1y7VDIP8TOC9tAHEXpUw")]
    [InlineData("JU1y7VDIP8TOC9tAHEXpUw==", "JU1y 7VDIP8TOC9tAHEXpUw==")]
    [InlineData("JU1y7VDIP8TOC9tAHEXpUw==", "ä")]
    [InlineData("mtTdT2HKzX/3N8n6PeSozHY0OVN2MnoOu5Yl2lg5r7w=", "mtTdT2HKzX/3N8n6PeSozHY0OVN2MnoOu5Yl2lg5r7w=x")]
    [InlineData("mtTdT2HKzX/3N8n6PeSozHY0OVN2MnoOu5Yl2lg5r7w=", "mtTdT2HKzX/3N8n6PeSozHY0OVN2MnoOu5Yl2lg5rw==")]
    [InlineData("SCRAM-SHA-256", "SCRAM-SHA-1")]
    [InlineData("$gUX", ":gUX")]
    public void What_is_no_secret_is_not_taken_for_one(string part, string instead) =>
        Assert.Null(ScramSecret.Parse(Pencil.Replace(part, instead, StringComparison.Ordinal)));

    [Fact]
    public void No_beginning_of_a_secret_is_one()
    {
        for (var cut = 0; cut < Pencil.Length; cut++)
        {
            Assert.Null(ScramSecret.Parse(Pencil[..cut]));
        }
    }

    [Fact]
    public void A_mock_is_the_same_at_every_attempt_and_looks_like_a_secret()
    {
        var key = new byte[32];
        var mock = ScramSecret.Mock(key, "nobody");
        Assert.True(mock.IsMock);
        Assert.Equal(mock.Format(), ScramSecret.Mock(key, "nobody").Format());
        Assert.Equal((4096, 16), (mock.Iterations, mock.Salt.Length));
        Assert.NotEqual(mock.Salt.ToArray(), ScramSecret.Mock(key, "nobody else").Salt.ToArray());
        Assert.NotEqual(mock.Salt.ToArray(), ScramSecret.Mock([1], "nobody").Salt.ToArray());
    }

    [Fact]
    public void Nothing_secret_is_ever_printed()
    {
        var secret = ScramSecret.Parse(Pencil)!;
        var keys = ScramKeys.Derive("pencil"u8, secret.Salt, secret.Iterations);
        Assert.Equal(("***", "***"), (secret.ToString(), keys.ToString()));
        Assert.Equal("Scram ***", StoredPassword.Parse(Pencil).ToString());
        Assert.Equal("Plain ***", StoredPassword.Parse("pencil").ToString());
    }

    [Theory]
    [InlineData("pencil", PasswordKind.Plain)]
    [InlineData("", PasswordKind.Plain)]
    [InlineData("md57474753e4b2f9e23953d5977773aabb0", PasswordKind.Md5)]
    [InlineData("md57474753E4b2f9e23953d5977773aabb0", PasswordKind.Plain)]
    [InlineData("md57474753e4b2f9e23953d5977773aabb", PasswordKind.Plain)]
    [InlineData("md57474753e4b2f9e23953d5977773aabbg", PasswordKind.Plain)]
    [InlineData(Pencil, PasswordKind.Scram)]
    [InlineData(Pencil + "x", PasswordKind.Plain)]
    public void A_stored_password_tells_its_kind(string text, PasswordKind kind) =>
        Assert.Equal(kind, StoredPassword.Parse(text).Kind);

    [Theory]
    [InlineData("pencil")]
    [InlineData("md57474753e4b2f9e23953d5977773aabb0")]
    [InlineData(Pencil)]
    public void A_password_in_clear_is_checked_against_any_kind(string text)
    {
        var stored = StoredPassword.Parse(text);
        Assert.True(stored.VerifyCleartext("pencil"u8, "m1"));
        Assert.False(stored.VerifyCleartext("pencils"u8, "m1"));
        Assert.False(stored.VerifyCleartext("Pencil"u8, "m1"));
        Assert.False(stored.VerifyCleartext(Encoding.UTF8.GetBytes(text + "x"), "m1"));
        Assert.False(stored.VerifyCleartext(""u8, "m1"));
    }

    [Fact]
    public void The_secret_itself_is_not_the_password()
    {
        Assert.False(StoredPassword.Parse(Pencil).VerifyCleartext(Encoding.UTF8.GetBytes(Pencil), "m1"));
        Assert.False(StoredPassword.Parse("md57474753e4b2f9e23953d5977773aabb0")
            .VerifyCleartext("md57474753e4b2f9e23953d5977773aabb0"u8, "m1"));
        Assert.False(StoredPassword.Parse("").VerifyCleartext(""u8, "m1"));
    }

    [Fact]
    public void Only_a_plain_password_can_be_had_in_clear()
    {
        Assert.True(StoredPassword.Parse("pencil").Plain.SequenceEqual("pencil"u8));
        Assert.True(StoredPassword.Parse(Pencil).Plain.IsEmpty);
        Assert.True(StoredPassword.Parse("md57474753e4b2f9e23953d5977773aabb0").Plain.IsEmpty);
    }
}
