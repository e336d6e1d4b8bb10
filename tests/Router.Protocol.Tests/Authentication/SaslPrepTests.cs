using System.Security.Cryptography;
using System.Text;
using Router.Protocol.Authentication;

namespace Router.Protocol.Tests.Authentication;

public sealed class SaslPrepTests
{
    /// <summary>Secrets that PostgreSQL 15 made of these passwords.</summary>
    [Theory]
    [InlineData("pencil", "SCRAM-SHA-256$4096:FpgWm/tdYSuD5V/kC3dEqA==$aWf32+QMueT+SKoWSjV1HkvJ3MIZWCsRNc6m/wkcE2I=:y8PGXlmZ58D080Q2NpLyrTY0XAKS16FunUTw/eAKqKE=")]
    [InlineData("I\u00ADX", "SCRAM-SHA-256$4096:WNwHW9VviYyEZv1jtNj1EQ==$t0wYOTxWwQMKp2HSLksrlIf9kEY+KIycJyuwc15RJno=:aPH0Uod54Cugxr3uFTkcUTwieuCtNV6BNCYZX6bo9Ks=")]
    [InlineData("\u2168", "SCRAM-SHA-256$4096:G9IgnsemWO7wacj0+QZOlQ==$wbj/D5RnIGBYb3FyobAQn8Rv5U+QZjwkt3Lt0ye7H4Y=:IblGZ0Muwd2yyI+iLEpgvTzH3o5B9vbVcAfXgQo7cqU=")]
    [InlineData("e\u0301\u1E9B\u0323", "SCRAM-SHA-256$4096:WLH5jtAOH3VASEQlkiCiJw==$adk4Ow/ioanJFOFqB2MbBuatoY3PkJJeWn5/OHMAoQ4=:R4UiLy7nfHwuApcSmR+QL+00H1YWzpeHRDag2ujEq/Y=")]
    [InlineData("\u05D0\u05D1", "SCRAM-SHA-256$4096:zJOZxK8HAEknX5TgyOMEfQ==$g2EbGnxOUkMKJGyMzDyL8PheTPPegxc0LkRXdP5MKCI=:4zEYd2im6o+s4xy/ny5VWeU29vtmX8/MYtuObZww/q4=")]
    [InlineData("\u05D0a", "SCRAM-SHA-256$4096:27/PFW+MwtlP5spMyemwCg==$x4ulcH6LqpOq7zVgBexix1LzDncO00cgkEfTfzM2bAs=:/Elkaw4Pk8NovNFYPPld6WCL80UioqdqFgTSB+Jb4nA=")]
    [InlineData("\U0001F600", "SCRAM-SHA-256$4096:6E0OWoWF23t7Uzl3nWV9wA==$sYdLAoAGJNVWTlt3EKDpcvdd9WSKe+cAfsX+eSTbm60=:K6HkiT1ytsk/WoqYLI9sGm4QdKTHM2P8SlKQbQKcAB4=")]
    [InlineData("\u00A0\u3000x", "SCRAM-SHA-256$4096:jXvEbTVgiFN+4hn+SVvbww==$pOo+lJ1mVrdCX8W+FXUB+idyInWZlivTMsvjcd5vJBY=:4K/UHd5TYvKkX8TxNjWKWTN8BrRkJ1+qb/U9+gFyYmI=")]
    [InlineData("\u1100\u1161\u11A8", "SCRAM-SHA-256$4096:BGSt/Q+Ha4GYcxhsT/7s9A==$Guo4M46dK7rZnoFqk2rf6vRGDR7UAYWEoxXhC5IXCGA=:pVwV9fG/QIsvHVoNjXjSMekDCCcrGfgO+ft8rhpqOfw=")]
    [InlineData("\u200D", "SCRAM-SHA-256$4096:UXtIaZE9ozqoOBE7eZNSlQ==$paph94ZD13CHUFIVxkn3lg4h0Ti28BKjqBqwlH7boV8=:ofetaYJ1io4eZk6DcJuNCmN24feHeLtqSF020WdaC98=")]
    [InlineData("\u00E4\u0007", "SCRAM-SHA-256$4096:LFHk+KzS+Z40h/iQaj/Gxw==$kHB/bi96Jit4QPlpIuB2Pg3t1gtG4k+6FcSDZWBJedk=:p9lJL62HT+md7rvHVtMiSCIzCEUwt0WS2yIgmaU5NuM=")]
    [InlineData("\u0661\U0002F800", "SCRAM-SHA-256$4096:eYyKvgdSNBs8C0PDVCVZyw==$fkDJXuqbIfRtTNiG+yvlCz2fkY+yhAf2ZphjMO2ZLCU=:T4sxQJBWAR07DJ8NHtThMZJMRuJXrSdmC6vErKTW4kM=")]
    [InlineData("\u2ADC\u00AD\u0338\u00AD\u00A0", "SCRAM-SHA-256$4096:wwL1DEP1vRRD0ovhhFjDGQ==$mBXOCKBSkapuMtlauvQ5qjsLj2ZFkjImIxyCedCsKL8=:OCYhm7s4JHFEiv6+85xxF8C+WVs1Ooy/G+TaPMJz5VE=")]
    public void A_password_hashes_as_in_PostgreSQL(string password, string secret)
    {
        var stored = ScramSecret.Parse(secret)!;
        Assert.True(ScramKeys.Derive(Encoding.UTF8.GetBytes(password), stored.Salt, stored.Iterations).Fit(stored));
    }

    [Theory]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("\uFB01", "fi")]
    [InlineData("a\u0323\u0302", "\u1EAD")]
    [InlineData("a\u0302\u0323", "\u1EAD")]
    [InlineData("\uAC00\u11A8", "\uAC01")]
    [InlineData("\uFF21\uFF3A", "AZ")]
    [InlineData("a\u200Bb", "a b")]
    [InlineData("\u05D0\uFF11\u05D0", "\u05D01\u05D0")]
    [InlineData("\uFF11\u05D0", "\uFF11\u05D0")]
    [InlineData("\u05D0\uFF11", "\u05D0\uFF11")]
    public void Passwords_that_look_alike_are_one(string password, string expected) =>
        Assert.Equal(Encoding.UTF8.GetBytes(expected), SaslPrep.Prepare(Encoding.UTF8.GetBytes(password)));

    [Fact]
    public void What_is_not_utf8_is_taken_byte_for_byte()
    {
        foreach (var bytes in new byte[][] { [0xE4], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x41, 0xCC, 0x81, 0xFF] })
        {
            Assert.Equal(bytes, SaslPrep.Prepare(bytes));
        }
    }

    /// <summary>
    /// The hash is that of Python's stringprep and Unicode 14 tables in PostgreSQL's order of steps. They agreed with
    /// PostgreSQL 15 on 124,230 strings given to normalize() and on the secrets of 600 random passwords.
    /// </summary>
    [Fact]
    public void Code_points_of_every_kind_are_prepared_as_in_PostgreSQL()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var codePoint in Enumerable.Range(0x80, 0x10FF80).Where(IsTried))
        {
            var text = new Rune(codePoint).ToString();
            foreach (var password in new[] { text, $"\u05D0{text}\u05D0", $"e{text}\u0301" })
            {
                hash.AppendData(SaslPrep.Prepare(Encoding.UTF8.GetBytes(password)));
                hash.AppendData([0xFF]);
            }
        }

        Assert.Equal(
            "7d9f0097d5f6c53a60dec06184f52bed5c2cee65aa42f138fb63ae683177cde1",
            Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>All where neighbours differ, a sample of the long ranges that are alike.</summary>
    private static bool IsTried(int codePoint) => codePoint switch
    {
        >= 0xD800 and < 0xE000 => false,
        < 0x3400 or (>= 0xA000 and < 0xAD00) or (>= 0xF900 and < 0x10000) => true,
        (>= 0x1D000 and < 0x1D800) or (>= 0x2F800 and < 0x2FA20) => true,
        _ => codePoint % 61 == 0,
    };

    [Fact]
    public void Noise_never_throws()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var noise = new byte[random.Next(0, 16)];
            random.NextBytes(noise);
            SaslPrep.Prepare(noise);
            var text = new StringBuilder();
            for (var i = 0; i < 6; i++)
            {
                text.Append(new Rune(random.Next(0x80, 0xD800)));
            }

            SaslPrep.Prepare(Encoding.UTF8.GetBytes(text.ToString()));
        }
    }
}
