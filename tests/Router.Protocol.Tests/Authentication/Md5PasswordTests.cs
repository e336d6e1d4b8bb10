using System.Text;
using Router.Protocol.Authentication;

namespace Router.Protocol.Tests.Authentication;

public sealed class Md5PasswordTests
{
    /// <summary>Secrets that PostgreSQL 15 made.</summary>
    [Theory]
    [InlineData("m1", "pencil", "md57474753e4b2f9e23953d5977773aabb0")]
    [InlineData("mü", "gehéim", "md5995dbeafe060450c8bb5404fca76a2b2")]
    public void A_secret_is_PostgreSQLs(string user, string password, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(Md5Password.Secret(Encoding.UTF8.GetBytes(password), user)));

    [Fact]
    public void The_response_is_the_same_from_the_password_and_from_its_secret()
    {
        byte[] salt = [1, 2, 3, 4];
        var plain = StoredPassword.Parse("pencil").Md5SecretOf("m1")!;
        var secret = StoredPassword.Parse("md57474753e4b2f9e23953d5977773aabb0").Md5SecretOf("m1")!;
        var response = Md5Password.Response(secret, salt);
        Assert.Equal(response, Md5Password.Response(plain, salt));
        Assert.Equal(ResponseOfPencil, Encoding.ASCII.GetString(response));
        Assert.True(Md5Password.Verify(secret, salt, response));
    }

    /// <summary>For user m1 and the salt 1 2 3 4; PostgreSQL's formula, by another MD5.</summary>
    private const string ResponseOfPencil = "md508e65c9992fa1ffc07ba23911d374853";

    [Fact]
    public void A_wrong_response_is_refused_whatever_its_length()
    {
        var secret = Md5Password.Secret("pencil"u8, "m1");
        var response = Md5Password.Response(secret, [1, 2, 3, 4]);
        Assert.False(Md5Password.Verify(secret, [1, 2, 3, 5], response));
        Assert.False(Md5Password.Verify(Md5Password.Secret("pencil"u8, "m2"), [1, 2, 3, 4], response));
        Assert.False(Md5Password.Verify(secret, [1, 2, 3, 4], [.. response, 0]));
        for (var at = 0; at < response.Length; at++)
        {
            Assert.False(Md5Password.Verify(secret, [1, 2, 3, 4], response.AsSpan(0, at)));
            var changed = response.ToArray();
            changed[at] ^= 1;
            Assert.False(Md5Password.Verify(secret, [1, 2, 3, 4], changed));
        }
    }

    [Fact]
    public void There_is_no_md5_secret_of_a_scram_secret() =>
        Assert.Null(StoredPassword.Parse(ScramSecretTests.Pencil).Md5SecretOf("m1"));
}
