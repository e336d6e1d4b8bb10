using System.Text;
using Router.Protocol.Authentication;

namespace Router.Protocol.Tests.Authentication;

/// <summary>What breaks an exchange, message by message, and how PostgreSQL 15 takes it.</summary>
public sealed class ScramMessageTests
{
    private const string ClientNonce = "fyko+d2lbbFgONRv9qkxdawL";
    private const string ServerNonce = "3rfcNHYJY1ZVvWVs7jABCDEF";
    private static readonly ScramSecret Pencil = ScramSecret.Parse(ScramSecretTests.Pencil)!;
    private static readonly ScramKeys Keys = ScramKeys.Derive("pencil"u8, Pencil.Salt, Pencil.Iterations);

    [Theory]
    [InlineData("n,,n=,r=abc", ScramOutcome.Continue)]
    [InlineData("n,,n=name,r=abc,x=1,y=", ScramOutcome.Continue)]
    [InlineData("n,,n=,r=abc,", ScramOutcome.Continue)]
    [InlineData("y,,n=,r=abc", ScramOutcome.Continue)]
    [InlineData("xn,,n=,r=abc", ScramOutcome.Malformed)]
    [InlineData("n,a=b,n=,r=abc", ScramOutcome.Unsupported)]
    [InlineData("n,,m=1,n=,r=abc", ScramOutcome.Unsupported)]
    [InlineData("n,,n=,r=ab\u0001", ScramOutcome.Malformed)]
    [InlineData("n,,n=,r=a b", ScramOutcome.Malformed)]
    [InlineData("n,,n=,r=é", ScramOutcome.Malformed)]
    [InlineData("n,,n=,r=", ScramOutcome.Malformed)]
    [InlineData("n,,n=,r=abc,x", ScramOutcome.Malformed)]
    [InlineData("n,,n=,r=abc,1=b", ScramOutcome.Malformed)]
    [InlineData("n,,n=,r=abc\0", ScramOutcome.Malformed)]
    [InlineData("n,,n=a\0b,r=abc", ScramOutcome.Malformed)]
    [InlineData("n,,r=abc", ScramOutcome.Malformed)]
    [InlineData("n,,n=u", ScramOutcome.Malformed)]
    [InlineData("n,,", ScramOutcome.Malformed)]
    [InlineData("n,", ScramOutcome.Malformed)]
    [InlineData("n", ScramOutcome.Malformed)]
    [InlineData("", ScramOutcome.Malformed)]
    [InlineData("n,x,n=,r=abc", ScramOutcome.Malformed)]
    [InlineData("nn,,n=,r=abc", ScramOutcome.Malformed)]
    [InlineData("p=tls-server-end-point,,n=,r=abc", ScramOutcome.Malformed)]
    [InlineData("p=tls-unique,,n=,r=abc", ScramOutcome.Malformed)]
    public void A_first_message_without_binding(string message, ScramOutcome expected)
    {
        Assert.Equal(expected, new ScramServer(Pencil, ServerNonce).ReadFirst("SCRAM-SHA-256"u8, Bytes(message)));

        // Where we offered to bind, a client that says we did not has been lied to.
        var isLiedTo = message[..Math.Min(1, message.Length)] == "y";
        Assert.Equal(
            isLiedTo ? ScramOutcome.ChannelBindingFailed : expected,
            new ScramServer(Pencil, ServerNonce, new byte[32]).ReadFirst("SCRAM-SHA-256"u8, Bytes(message)));
    }

    [Theory]
    [InlineData("p=tls-server-end-point,,n=,r=abc", ScramOutcome.Continue)]
    [InlineData("p=tls-server-end-point,a=b,n=,r=abc", ScramOutcome.Unsupported)]
    [InlineData("p=tls-unique,,n=,r=abc", ScramOutcome.Malformed)]
    [InlineData("p=,,n=,r=abc", ScramOutcome.Malformed)]
    [InlineData("n,,n=,r=abc", ScramOutcome.Malformed)]
    [InlineData("y,,n=,r=abc", ScramOutcome.Malformed)]
    public void A_first_message_with_binding(string message, ScramOutcome expected)
    {
        var server = new ScramServer(Pencil, ServerNonce, new byte[32]);
        Assert.Equal(expected, server.ReadFirst("SCRAM-SHA-256-PLUS"u8, Bytes(message)));
        Assert.Equal(
            ScramOutcome.Malformed,
            new ScramServer(Pencil, ServerNonce).ReadFirst("SCRAM-SHA-256-PLUS"u8, Bytes(message)));
    }

    [Theory]
    [InlineData("SCRAM-SHA-1")]
    [InlineData("scram-sha-256")]
    [InlineData("")]
    public void A_mechanism_that_was_not_offered_is_malformed(string mechanism) =>
        Assert.Equal(
            ScramOutcome.Malformed,
            new ScramServer(Pencil, ServerNonce).ReadFirst(Bytes(mechanism), "n,,n=,r=abc"u8));

    [Fact]
    public void A_changed_byte_anywhere_in_the_proof_message_fails()
    {
        var (server, final) = Challenged();
        Assert.Equal(ScramOutcome.Authenticated, server.ReadFinal(final));
        for (var at = 0; at < final.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = final.ToArray();
                changed[at] ^= (byte)(1 << bit);
                Assert.NotEqual(ScramOutcome.Authenticated, Challenged().Server.ReadFinal(changed));
            }
        }
    }

    [Fact]
    public void A_proof_message_that_is_cut_or_goes_on_is_malformed()
    {
        var final = Challenged().Final;
        for (var cut = 0; cut < final.Length; cut++)
        {
            Assert.Equal(ScramOutcome.Malformed, Challenged().Server.ReadFinal(final.AsSpan(0, cut)));
        }

        Assert.Equal(ScramOutcome.Malformed, Challenged().Server.ReadFinal([.. final, 0]));
        Assert.Equal(ScramOutcome.Malformed, Challenged().Server.ReadFinal([.. final, .. ",x=1"u8]));
        Assert.Equal(ScramOutcome.Malformed, Challenged().Server.ReadFinal([.. final, .. new byte[2000]]));
    }

    [Fact]
    public void A_good_proof_for_another_nonce_is_malformed()
    {
        foreach (var (nonce, expected) in new[]
        {
            ($"{ClientNonce}{ServerNonce[..^1]}", ScramOutcome.Malformed),
            (ClientNonce, ScramOutcome.Malformed),
            ($"{ClientNonce}{ServerNonce}", ScramOutcome.Authenticated),
        })
        {
            var server = new ScramServer(Pencil, ServerNonce);
            server.ReadFirst("SCRAM-SHA-256"u8, Bytes($"n,,n=,r={ClientNonce}"));
            Assert.Equal(expected, server.ReadFinal(Proven(server.Reply, $"c=biws,r={nonce}")));
        }

        static byte[] Proven(byte[] challenge, string withoutProof)
        {
            var transcript = new ScramTranscript();
            transcript.Add(Bytes($"n=,r={ClientNonce}"));
            transcript.Add(challenge);
            transcript.Add(Bytes(withoutProof));
            var proof = new byte[ScramKeys.KeySize];
            transcript.Mask(Pencil.StoredKey, Keys.ClientKey, proof);
            return Bytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
        }
    }

    [Fact]
    public void Messages_beyond_the_bound_are_malformed()
    {
        var message = "n,,n=,r=" + new string('a', ScramMechanism.MessageMax);
        Assert.Equal(
            ScramOutcome.Continue,
            new ScramServer(Pencil, ServerNonce).ReadFirst("SCRAM-SHA-256"u8, Bytes(message[..ScramMechanism.MessageMax])));
        Assert.Equal(
            ScramOutcome.Malformed,
            new ScramServer(Pencil, ServerNonce).ReadFirst("SCRAM-SHA-256"u8, Bytes(message[..(ScramMechanism.MessageMax + 1)])));
    }

    [Theory]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=4096", ScramOutcome.Continue)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=1000000", ScramOutcome.Continue)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=1000001", ScramOutcome.Malformed)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=99999999999", ScramOutcome.Malformed)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=0", ScramOutcome.Malformed)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=-1", ScramOutcome.Malformed)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=+1", ScramOutcome.Malformed)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=1x", ScramOutcome.Malformed)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=", ScramOutcome.Malformed)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92", ScramOutcome.Malformed)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawLx,s=,i=4096", ScramOutcome.Malformed)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawLx,s=?,i=4096", ScramOutcome.Malformed)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096", ScramOutcome.Malformed)]
    [InlineData("r=Fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=4096", ScramOutcome.Malformed)]
    [InlineData("r=fyko+d2lbbFgONRv9qkxdawL\u0001,s=QSXCR+Q6sek8bf92,i=4096", ScramOutcome.Malformed)]
    [InlineData("m=1,r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=4096", ScramOutcome.Unsupported)]
    [InlineData("", ScramOutcome.Malformed)]
    public void A_challenge(string message, ScramOutcome expected) =>
        Assert.Equal(expected, new ScramClient(ClientNonce, ScramBinding.None).ReadChallenge(Bytes(message)));

    [Theory]
    [InlineData("e=invalid-proof", ScramOutcome.ServerRefused)]
    [InlineData("e", ScramOutcome.Malformed)]
    [InlineData("", ScramOutcome.Malformed)]
    [InlineData("v=", ScramOutcome.Malformed)]
    [InlineData("v=AAAA", ScramOutcome.Malformed)]
    [InlineData("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", ScramOutcome.WrongServer)]
    [InlineData("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=,x=1", ScramOutcome.Malformed)]
    public void A_last_word(string message, ScramOutcome expected)
    {
        var client = new ScramClient(ClientNonce, ScramBinding.None);
        client.ReadChallenge(Bytes($"r={ClientNonce}x,s=QSXCR+Q6sek8bf92,i=4096"));
        client.Prove(Keys);
        Assert.Equal(expected, client.ReadFinal(Bytes(message)));
    }

    [Fact]
    public void A_signature_with_a_changed_byte_is_not_the_servers()
    {
        for (var at = 2; at < 45; at++)
        {
            var (server, client) = Pair();
            Assert.Equal(ScramOutcome.Authenticated, server.ReadFinal(client.Prove(Keys)));
            var changed = server.Reply.ToArray();
            changed[at] = changed[at] == 'A' ? (byte)'B' : (byte)'A';
            Assert.Contains(client.ReadFinal(changed), new[] { ScramOutcome.WrongServer, ScramOutcome.Malformed });
        }
    }

    [Fact]
    public void Noise_never_throws_and_never_authenticates()
    {
        const string Alphabet = "nyprsicvem=,,,==+/AZaz09 \u0001é";
        for (var seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            var noise = Bytes(new string([.. Enumerable.Range(0, random.Next(0, 40))
                .Select(_ => Alphabet[random.Next(Alphabet.Length)])]));
            new ScramServer(Pencil, ServerNonce).ReadFirst("SCRAM-SHA-256"u8, [.. "n,,"u8, .. noise]);
            new ScramServer(Pencil, ServerNonce).ReadFirst("SCRAM-SHA-256"u8, noise);
            new ScramClient(ClientNonce, ScramBinding.None).ReadChallenge(noise);
            var (server, client) = Pair();
            client.Prove(Keys);
            Assert.NotEqual(ScramOutcome.Authenticated, server.ReadFinal(noise));
            Assert.NotEqual(ScramOutcome.Authenticated, client.ReadFinal(noise));
        }
    }

    private static (ScramServer Server, byte[] Final) Challenged()
    {
        var (server, client) = Pair();
        return (server, client.Prove(Keys));
    }

    /// <summary>Both sides, after the challenge.</summary>
    private static (ScramServer Server, ScramClient Client) Pair()
    {
        var server = new ScramServer(Pencil, ServerNonce);
        var client = new ScramClient(ClientNonce, ScramBinding.None);
        server.ReadFirst("SCRAM-SHA-256"u8, client.ClientFirst);
        client.ReadChallenge(server.Reply);
        return (server, client);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
