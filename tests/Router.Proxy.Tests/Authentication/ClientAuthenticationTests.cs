using System.Buffers.Binary;
using System.Text;
using Router.Protocol;
using Router.Protocol.Authentication;
using Router.Protocol.Messages;
using Router.Proxy.Authentication;
using Router.Proxy.Authentication.Ldap;
using Router.Proxy.Pooling;
using Router.Testing.Proxy;
using static Router.Testing.Proxy.PoolScript;

namespace Router.Proxy.Tests.Authentication;

/// <summary>Who is let in, and what those hear who are not.</summary>
public sealed class ClientAuthenticationTests
{
    private const string Secret = "pencil";
    private static readonly byte[] Salt = Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==");

    private static readonly string ScramStored =
        ScramKeys.Derive(Encoding.UTF8.GetBytes(Secret), Salt, 4096).ToSecret(Salt, 4096).Format();

    private static readonly string Md5Stored = Encoding.ASCII.GetString(Md5Password.Secret("pencil"u8, "app"));

    [Theory]
    [InlineData(AuthType.Plain, "plain", 3)]
    [InlineData(AuthType.Plain, "md5", 3)]
    [InlineData(AuthType.Plain, "scram", 3)]
    [InlineData(AuthType.Md5, "plain", 5)]
    [InlineData(AuthType.Md5, "md5", 5)]
    [InlineData(AuthType.Md5, "scram", 10)]
    [InlineData(AuthType.ScramSha256, "plain", 10)]
    [InlineData(AuthType.ScramSha256, "scram", 10)]
    public async Task The_right_password_is_let_in_and_a_wrong_one_is_not(AuthType type, string stored, int asked)
    {
        await using var pool = Start(type, stored);
        using var client = await BeginAsync(pool);
        Assert.Equal(asked, await ProveAsync(client, Secret));
        using var backend = await pool.Server.AcceptLoginAsync();
        _ = await client.ReadUntilAsync('Z');
        await RoundTripAsync(client, backend, "SELECT 1");

        using var other = await BeginAsync(pool);
        _ = await ProveAsync(other, "pen");
        var error = await FinalErrorAsync(other);
        Assert.Equal((SqlState.InvalidPassword, "password authentication failed for user \"app\""), (error.Code, error.Message));
        Assert.True(await other.IsClosedAsync());
    }

    [Fact]
    public async Task A_stored_md5_secret_never_does_for_scram()
    {
        await using var pool = Start(AuthType.ScramSha256, "md5");
        using var client = await BeginAsync(pool);
        Assert.Equal(10, await ProveAsync(client, Secret));
        Assert.Equal(SqlState.InvalidPassword, (await FinalErrorAsync(client)).Code);
    }

    [Theory]
    [InlineData(AuthType.Plain, "plain", 3)]
    [InlineData(AuthType.Md5, "md5", 5)]
    [InlineData(AuthType.Md5, "scram", 10)]
    [InlineData(AuthType.ScramSha256, "scram", 10)]
    public async Task A_user_who_is_not_known_sees_what_the_others_see(AuthType type, string stored, int asked)
    {
        await using var pool = Start(type, stored);
        using var client = await BeginAsync(pool, "nobody");
        Assert.Equal(asked, await ProveAsync(client, Secret, "nobody"));
        var error = await FinalErrorAsync(client);
        Assert.Equal((SqlState.InvalidPassword, "password authentication failed for user \"nobody\""), (error.Code, error.Message));
    }

    [Fact]
    public async Task A_user_who_is_not_known_has_the_same_salt_every_time()
    {
        await using var pool = Start(AuthType.ScramSha256, "scram");
        var salts = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var client = await BeginAsync(pool, "nobody");
            _ = await client.ReadUntilAsync('R');
            var scram = new ScramClient(new byte[ScramMechanism.NonceSize], ScramBinding.None);
            await client.SendAsync(w => new SaslInitialResponse("SCRAM-SHA-256"u8, scram.ClientFirst).Write(w));
            var challenge = Encoding.ASCII.GetString((await client.ReadUntilAsync('R')).Body.AsSpan(4));
            salts.Add(challenge.Split(',')[1]);
        }

        Assert.Equal(salts[0], salts[1]);
    }

    [Fact]
    public async Task Trust_takes_the_names_that_are_listed()
    {
        await using var pool = Start(AuthType.Trust, "plain");
        using var client = await BeginAsync(pool);
        using var backend = await pool.Server.AcceptLoginAsync();
        _ = await client.ReadUntilAsync('Z');
        using var stranger = await BeginAsync(pool, "nobody");
        Assert.Equal(SqlState.InvalidAuthorizationSpecification, (await FinalErrorAsync(stranger)).Code);
    }

    [Fact]
    public async Task A_request_in_place_of_a_password_is_refused()
    {
        await using var pool = Start(AuthType.ScramSha256, "scram");
        using var client = await BeginAsync(pool);
        _ = await client.ReadUntilAsync('R');
        await client.QueryAsync("SELECT 1");
        Assert.Equal(SqlState.ProtocolViolation, (await FinalErrorAsync(client)).Code);
    }

    [Fact]
    public async Task A_password_after_the_login_is_refused_and_reaches_no_server()
    {
        await using var pool = Start(AuthType.Trust, "plain");
        using var client = await BeginAsync(pool);
        using var backend = await pool.Server.AcceptLoginAsync();
        _ = await client.ReadUntilAsync('Z');
        await client.SendAsync(static w => PasswordMessage.Write(w, "pencil"u8));
        Assert.Equal(SqlState.ProtocolViolation, (await FinalErrorAsync(client)).Code);
        using var second = await BeginAsync(pool);
        _ = await second.ReadUntilAsync('Z');
        await RoundTripAsync(second, backend, "SELECT 1");
    }

    [Fact]
    public async Task Whom_the_list_does_not_have_is_looked_up_at_the_member_that_the_clients_of_a_cluster_reach()
    {
        await using var pool = new PoolScript(Options("plain") with
        {
            Authentication = AuthType.Plain,
            AuthUser = "app",
            AuthQuery = "SELECT name, secret FROM users WHERE name = $1",
            AuthDatabase = "accounts",
        });
        using var client = await BeginAsync(pool, "late");
        using var looker = await pool.Server.AcceptAsync();
        var startup = await looker.AcceptLoginAsync();
        Assert.Equal(("app", "accounts"), (startup!.User, startup.Database));
        Assert.Contains("FROM users", (await looker.ReadUntilAsync('P')).ToString(), StringComparison.Ordinal);
        Assert.Contains("late", (await looker.ReadUntilAsync('B')).ToString(), StringComparison.Ordinal);
        _ = await looker.ReadUntilAsync('S');
        await looker.SendAsync(static w =>
        {
            w.Begin(MessageType.DataRow).Int16(2).Value("late").Value("by query").End();
            new ReadyForQuery(TransactionStatus.Idle).Write(w);
        });
        Assert.Equal(3, await ProveAsync(client, "by query"));
        using var backend = await pool.OpenedAsync();
        _ = await client.ReadUntilAsync('Z');
    }

    [Theory]
    [InlineData("", SqlState.InvalidAuthorizationSpecification, "LDAP authentication failed for user \"app\"")]
    [InlineData("pencil", SqlState.CannotConnectNow, "the LDAP server does not answer; see the proxy's log")]
    public async Task Nobody_is_asked_about_an_empty_password_and_who_does_not_answer_lets_nobody_in(
        string password, string code, string words)
    {
        await using var pool = new PoolScript(Options("plain") with
        {
            Authentication = AuthType.Ldap,
            Ldap = LdapOptionsReader.Read("ldapserver=127.0.0.1 ldapport=1 ldapprefix=uid="),
        });
        using var client = await BeginAsync(pool);
        Assert.Equal(3, await ProveAsync(client, password));
        var error = await FinalErrorAsync(client);
        Assert.Equal((code, words), (error.Code, error.Message));
    }

    [Fact]
    public void A_password_that_others_approved_opens_servers_until_the_user_comes_in_by_another_way()
    {
        var secrets = new LoginSecrets();
        secrets.LearnProven("app", "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy"u8);
        Assert.Equal(PasswordKind.Plain, secrets.ProvenOf("app")!.Kind);
        Assert.NotEqual(StoredPassword.Parse(ScramStored), StoredPassword.OfPlain(Encoding.UTF8.GetBytes(ScramStored)));
        secrets.ForgetProven("app");
        Assert.Null(secrets.ProvenOf("app"));
    }

    [Fact]
    public async Task The_keys_that_a_client_showed_log_in_to_a_server_with_the_same_secret()
    {
        await using var pool = Start(AuthType.ScramSha256, "scram");
        using var client = await BeginAsync(pool);
        _ = await ProveAsync(client, Secret);
        using var backend = await pool.Server.AcceptAsync();
        _ = await backend.TryReadPacketAsync();
        var exchange = new ScramServer(ScramSecret.Parse(ScramStored)!, new byte[ScramMechanism.NonceSize]);
        await backend.SendAsync(new AuthenticationSasl([ScramMechanism.Sha256]).Write);
        var first = await backend.ReadUntilAsync('p');
        Assert.True(SaslInitialResponse.TryRead(first.Body, out var initial));
        Assert.Equal(ScramOutcome.Continue, exchange.ReadFirst(initial.Mechanism, initial.Response));
        await backend.SendAsync(w => AuthenticationSaslContinue.Write(w, exchange.Reply));
        Assert.Equal(ScramOutcome.Authenticated, exchange.ReadFinal((await backend.ReadUntilAsync('p')).Body));
        await backend.SendAsync(w => AuthenticationSaslFinal.Write(w, exchange.Reply));
        await backend.GreetAsync();
        _ = await client.ReadUntilAsync('Z');
    }

    [Fact]
    public async Task What_a_client_showed_outlives_another_reading_of_the_user_list()
    {
        var secrets = new LoginSecrets();
        var keys = ScramKeys.Derive(Encoding.UTF8.GetBytes(Secret), Salt, 4096);
        secrets.Learn(StoredPassword.Parse(ScramStored), keys);
        Assert.Same(keys, await secrets.KeysOfAsync(StoredPassword.Parse(ScramStored), Salt, 4096));
        Assert.Null(await secrets.KeysOfAsync(StoredPassword.Parse(ScramStored), new byte[16], 4096));
    }

    [Fact]
    public async Task A_server_that_skips_its_own_proof_is_not_believed()
    {
        await using var pool = Start(AuthType.Trust, "plain");
        using var client = await BeginAsync(pool);
        using var backend = await pool.Server.AcceptAsync();
        _ = await backend.TryReadPacketAsync();
        await backend.SendAsync(new AuthenticationSasl([ScramMechanism.Sha256]).Write);
        _ = await backend.ReadUntilAsync('p');
        await backend.GreetAsync();
        Assert.Null(await backend.TryReadAsync());
    }

    [Theory]
    [InlineData(9999, 2)]
    [InlineData(1, 0)]
    public async Task Another_version_is_negotiated_once_before_anything_else(int minor, int agreed)
    {
        await using var pool = Start(AuthType.Trust, "plain");
        using var client = await pool.Proxy.ConnectAsync();
        await client.SendAsync(new StartupMessage(
            new ProtocolVersion((3 << 16) | minor), [new("user", "app"), new("_pq_.test_protocol_negotiation", "1")]).Write);
        var negotiation = NegotiateProtocolVersion.Parse((await client.ReadAsync()).Body);
        Assert.Equal(
            new NegotiateProtocolVersion(new ProtocolVersion((3 << 16) | agreed), ["_pq_.test_protocol_negotiation"]), negotiation);
        using var backend = await pool.Server.AcceptLoginAsync();
        var key = BackendKeyData.Parse((await client.ReadUntilAsync('K')).Body);
        Assert.Equal(agreed == 2 ? 32 : 4, key?.Key.Secret.Length);
    }

    private static PoolScript Start(AuthType type, string stored) => new(Options(stored) with { Authentication = type });

    private static PoolOptions Options(string stored) => new()
    {
        Mode = PoolMode.Transaction,
        PoolSize = 1,
        Users = new UserList([new("app", StoredPassword.Parse(
            stored switch { "md5" => Md5Stored, "scram" => ScramStored, _ => Secret }))]),
    };

    private static async Task<WirePeer> BeginAsync(PoolScript pool, string user = "app")
    {
        var client = await pool.Proxy.ConnectAsync();
        await client.SendAsync(new StartupMessage(ProtocolVersion.V30, [new("user", user)]).Write);
        return client;
    }

    /// <summary>Answers whatever is asked for; says what that was.</summary>
    private static async Task<int> ProveAsync(WirePeer client, string password, string user = "app")
    {
        var asked = await client.ReadUntilAsync('R');
        var kind = BinaryPrimitives.ReadInt32BigEndian(asked.Body);
        switch (kind)
        {
            case 3:
                await client.SendAsync(w => PasswordMessage.Write(w, Encoding.UTF8.GetBytes(password)));
                break;
            case 5:
                var secret = Md5Password.Secret(Encoding.UTF8.GetBytes(password), user);
                await client.SendAsync(w => PasswordMessage.Write(w, Md5Password.Response(secret, asked.Body.AsSpan(4))));
                break;
            default:
                var scram = new ScramClient(new byte[ScramMechanism.NonceSize], ScramBinding.None);
                await client.SendAsync(w => new SaslInitialResponse("SCRAM-SHA-256"u8, scram.ClientFirst).Write(w));
                Assert.Equal(ScramOutcome.Continue, scram.ReadChallenge((await client.ReadUntilAsync('R')).Body.AsSpan(4)));
                var proof = scram.Prove(ScramKeys.Derive(Encoding.UTF8.GetBytes(password), scram.Salt, scram.Iterations));
                await client.SendAsync(w => SaslResponse.Write(w, proof));
                break;
        }

        return kind;
    }
}
