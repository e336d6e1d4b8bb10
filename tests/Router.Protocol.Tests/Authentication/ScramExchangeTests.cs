using System.Text;
using Router.Protocol.Authentication;

namespace Router.Protocol.Tests.Authentication;

public sealed class ScramExchangeTests
{
    private static readonly ScramSecret Pencil = ScramSecret.Parse(ScramSecretTests.Pencil)!;
    private static readonly ScramKeys PencilKeys = ScramKeys.Derive("pencil"u8, Pencil.Salt, Pencil.Iterations);
    private static readonly byte[] Hash = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] ClientNonce = [.. Enumerable.Range(1, 18).Select(i => (byte)i)];
    private static readonly byte[] ServerNonce = [.. Enumerable.Range(101, 18).Select(i => (byte)i)];

    [Fact]
    public void The_example_of_RFC_7677_holds_for_both_sides()
    {
        const string ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        const string ClientFinal = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
        const string ServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
        var salt = Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==");
        var keys = ScramKeys.Derive("pencil"u8, salt, 4096);

        var client = new ScramClient("rOprNGfwEbeRWgbNEkqO", ScramBinding.None, name: "user");
        Assert.Equal("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", Text(client.ClientFirst));
        Assert.Equal(ScramOutcome.Continue, client.ReadChallenge(Bytes(ServerFirst)));
        Assert.Equal(ClientFinal, Text(client.Prove(keys)));
        Assert.Equal(ScramOutcome.Authenticated, client.ReadFinal(Bytes(ServerFinal)));

        var server = new ScramServer(keys.ToSecret(salt, 4096), "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
        Assert.Equal(ScramOutcome.Continue, server.ReadFirst("SCRAM-SHA-256"u8, client.ClientFirst));
        Assert.Equal(ServerFirst, Text(server.Reply));
        Assert.Equal(ScramOutcome.Authenticated, server.ReadFinal(Bytes(ClientFinal)));
        Assert.Equal(ServerFinal, Text(server.Reply));
    }

    /// <summary>
    /// Logins to PostgreSQL 15 as they went over the wire: in clear, over TLS without and with channel binding, and by a
    /// client that could bind.
    /// </summary>
    [Theory]
    [InlineData(
        'n', "Lv86GrkIe3qtkqSqreR0ex9j", "dJy7PUVqOJGAp9/w79aBReVJ",
        "c=biws,r=Lv86GrkIe3qtkqSqreR0ex9jdJy7PUVqOJGAp9/w79aBReVJ,p=+898VQZEgFBWmqYwRbxsHbj344lpomrQU4LXZwZnWIs=",
        "v=5e6CrlKWdPWj4a65aUsf5ZnMn/HTuK3XcS9oMDe+kmE=")]
    [InlineData(
        'n', "uQA4JLQIrT5V0wJTQopqnUif", "18ll36fBa6VcQaJIKoYmUdcC",
        "c=biws,r=uQA4JLQIrT5V0wJTQopqnUif18ll36fBa6VcQaJIKoYmUdcC,p=y1JQry82ZrtbsfTszZJ4ZwgZ/AE1GOweAzDI9a4p62Y=",
        "v=RxKAa37LYHoCshvepM4anh7rqiKdT15xE2N1AerDI4I=")]
    [InlineData(
        'p', "zT5HLpOpP6PmI094wMy8EsL4", "wVJBpTVREr4hT1GrPhI8G0cD",
        "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsmn24iuG1PRhjNcOekT70NMfo8bFufa+l+I4NSUbUgpsfhEFS5csvzqDd+5B6fm1H,"
        + "r=zT5HLpOpP6PmI094wMy8EsL4wVJBpTVREr4hT1GrPhI8G0cD,p=7qp+rMnz5MNaRv6R+4DQuUKNwsf2HV0SDagJKEZe4V8=",
        "v=YyxtQlCX7dwsm2A5CKvWdRkO3ucCrIo0Scs/y+x0K0o=")]
    [InlineData(
        'y', "3L2WVDfQxtdpmD+fJSep8fHS", "TDuvDFOHRIRYjqQ1499VRTrx",
        "c=eSws,r=3L2WVDfQxtdpmD+fJSep8fHSTDuvDFOHRIRYjqQ1499VRTrx,p=g5jDn0C8hndTVNtWPtcbkBgrhy2pF+pVGqv2Xf+URWk=",
        "v=qVxLfaUDkkHXKdYSShrSCiJGmskCN+aolMWaJ2isuWA=")]
    public void A_login_to_PostgreSQL_is_the_same_byte_for_byte(
        char flag, string clientNonce, string serverNonce, string clientFinal, string serverFinal)
    {
        var hash = flag == 'p' ? ServerEndPoint.Hash(ServerEndPointTests.EcdsaSha384)! : [];
        var binding = flag switch { 'p' => ScramBinding.To(hash), 'y' => ScramBinding.NotOffered, _ => ScramBinding.None };
        var client = new ScramClient(Convert.FromBase64String(clientNonce), binding);
        var server = new ScramServer(Pencil, Convert.FromBase64String(serverNonce), hash);
        Assert.Equal(ScramOutcome.Continue, server.ReadFirst(Bytes(binding.Mechanism), client.ClientFirst));
        Assert.Equal($"r={clientNonce}{serverNonce},s=JU1y7VDIP8TOC9tAHEXpUw==,i=4096", Text(server.Reply));
        Assert.Equal(ScramOutcome.Continue, client.ReadChallenge(server.Reply));
        Assert.Equal((Text(Pencil.Salt), 4096), (Text(client.Salt), client.Iterations));
        Assert.Equal(clientFinal, Text(client.Prove(PencilKeys)));
        Assert.Equal(ScramOutcome.Authenticated, server.ReadFinal(Bytes(clientFinal)));
        Assert.Equal(serverFinal, Text(server.Reply));
        Assert.Equal(ScramOutcome.Authenticated, client.ReadFinal(server.Reply));
    }

    [Fact]
    public void The_keys_of_a_clients_login_log_in_where_the_same_secret_is_stored()
    {
        var (first, _) = Exchange(Pencil, PencilKeys);
        Assert.Equal(ScramOutcome.Authenticated, first.Outcome);
        var keys = first.Keys!;
        Assert.True(keys.Fit(Pencil));
        Assert.Equal(PencilKeys.ClientKey.ToArray(), keys.ClientKey.ToArray());
        var (_, client) = Exchange(Pencil, keys);
        Assert.Equal(ScramOutcome.Authenticated, client);
    }

    [Fact]
    public void Keys_of_another_salt_are_a_wrong_password()
    {
        var other = ScramKeys.Derive("pencil"u8, "0123456789abcdef"u8, 4096);
        Assert.False(other.Fit(Pencil));
        Assert.Equal(ScramOutcome.WrongPassword, Exchange(Pencil, other).Server.Outcome);
    }

    [Fact]
    public void A_wrong_password_gives_no_keys_and_no_signature()
    {
        var (server, client) = Exchange(Pencil, ScramKeys.Derive("pencils"u8, Pencil.Salt, Pencil.Iterations));
        Assert.Equal((ScramOutcome.WrongPassword, ScramOutcome.Malformed), (server.Outcome, client));
        Assert.Null(server.Keys);
        Assert.Empty(server.Reply);
    }

    [Fact]
    public void An_unknown_user_sees_the_same_exchange_and_the_same_failure()
    {
        var mock = ScramSecret.Mock(Hash, "nobody", Pencil.Iterations);
        var server = new ScramServer(mock, ServerNonce);
        var client = new ScramClient(ClientNonce, ScramBinding.None);
        Assert.Equal(ScramOutcome.Continue, server.ReadFirst("SCRAM-SHA-256"u8, client.ClientFirst));
        var real = new ScramServer(Pencil, ServerNonce);
        real.ReadFirst("SCRAM-SHA-256"u8, client.ClientFirst);
        Assert.Equal(real.Reply.Length, server.Reply.Length);
        Assert.Equal(ScramOutcome.Continue, client.ReadChallenge(server.Reply));
        var proof = client.Prove(ScramKeys.Derive("pencil"u8, client.Salt, client.Iterations));
        Assert.Equal(ScramOutcome.WrongPassword, server.ReadFinal(proof));
    }

    [Fact]
    public void Not_even_the_right_proof_makes_a_mock_somebody()
    {
        var mock = new ScramSecret(Pencil.Iterations, Pencil.Salt, Pencil.StoredKey, Pencil.ServerKey, isMock: true);
        Assert.Equal(ScramOutcome.WrongPassword, Exchange(mock, PencilKeys).Server.Outcome);
        Assert.Null(Exchange(mock, PencilKeys).Server.Keys);
    }

    [Fact]
    public void A_client_that_is_bound_to_another_channel_is_refused()
    {
        var server = new ScramServer(Pencil, ServerNonce, Hash);
        var client = new ScramClient(ClientNonce, ScramBinding.To(new byte[32]));
        Assert.Equal(ScramOutcome.Continue, server.ReadFirst("SCRAM-SHA-256-PLUS"u8, client.ClientFirst));
        client.ReadChallenge(server.Reply);
        Assert.Equal(ScramOutcome.ChannelBindingFailed, server.ReadFinal(client.Prove(PencilKeys)));
        Assert.Null(server.Keys);
    }

    [Fact]
    public void A_server_that_plays_a_part_is_found_out()
    {
        // It has the salt of the true secret, but not its keys.
        var impostor = new ScramSecret(Pencil.Iterations, Pencil.Salt, Pencil.StoredKey, new byte[32]);
        var (server, client) = Exchange(impostor, PencilKeys);
        Assert.Equal((ScramOutcome.Authenticated, ScramOutcome.WrongServer), (server.Outcome, client));
    }

    [Fact]
    public void Out_of_turn_and_after_its_end_an_exchange_takes_nothing()
    {
        var server = new ScramServer(Pencil, ServerNonce);
        Assert.Equal(ScramOutcome.Malformed, server.ReadFinal("c=biws,r=a,p=b"u8));
        var client = new ScramClient(ClientNonce, ScramBinding.None);
        Assert.Equal(ScramOutcome.Malformed, server.ReadFirst("SCRAM-SHA-256"u8, client.ClientFirst));
        Assert.Equal(ScramOutcome.Malformed, client.ReadFinal("v="u8));
        Assert.Empty(client.Prove(PencilKeys));

        server = new ScramServer(Pencil, ServerNonce);
        client = new ScramClient(ClientNonce, ScramBinding.None);
        server.ReadFirst("SCRAM-SHA-256"u8, client.ClientFirst);
        var challenge = server.Reply;
        client.ReadChallenge(challenge);
        var proof = client.Prove(PencilKeys);
        Assert.Equal(ScramOutcome.Authenticated, server.ReadFinal(proof));
        Assert.Equal(ScramOutcome.Malformed, server.ReadFinal(proof));
        Assert.Equal(ScramOutcome.Malformed, client.ReadChallenge(challenge));
    }

    [Theory]
    [InlineData("SCRAM-SHA-256-PLUS SCRAM-SHA-256", true, 32, "p=tls-server-end-point,,")]
    [InlineData("SCRAM-SHA-256", true, 32, "y,,")]
    [InlineData("SCRAM-SHA-256-PLUS SCRAM-SHA-256", true, 0, "n,,")]
    [InlineData("SCRAM-SHA-256", true, 0, "n,,")]
    [InlineData("SCRAM-SHA-256", false, 0, "n,,")]
    [InlineData("SCRAM-SHA-256-PLUS SCRAM-SHA-256", false, 0, null)]
    [InlineData("SCRAM-SHA-256-PLUS", true, 0, null)]
    [InlineData("OAUTHBEARER", true, 32, null)]
    public void A_client_binds_to_the_channel_wherever_both_sides_can(
        string offered, bool isTls, int hashLength, string? expected)
    {
        var binding = ScramBinding.Choose(new([.. offered.Split(' ')]), isTls, new byte[hashLength]);
        Assert.Equal(expected, binding is null ? null : Text(binding.Header));
        Assert.Equal(expected?[0] == 'p', binding?.Mechanism == "SCRAM-SHA-256-PLUS");
    }

    internal static ((ScramOutcome Outcome, byte[] Reply, ScramKeys? Keys) Server, ScramOutcome Client) Exchange(
        ScramSecret secret, ScramKeys keys)
    {
        var server = new ScramServer(secret, ServerNonce);
        var client = new ScramClient(ClientNonce, ScramBinding.None);
        Assert.Equal(ScramOutcome.Continue, server.ReadFirst("SCRAM-SHA-256"u8, client.ClientFirst));
        Assert.Equal(ScramOutcome.Continue, client.ReadChallenge(server.Reply));
        var outcome = server.ReadFinal(client.Prove(keys));
        return ((outcome, server.Reply, server.Keys), client.ReadFinal(server.Reply));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
