using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Router.Protocol;
using Router.Protocol.Authentication;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Manners;
using Router.Transport;

namespace Router.Proxy.Authentication;

/// <summary>
/// One client's proof of who it is, up to but without AuthenticationOk. A user who is not known takes every step of the
/// exchange and hears what a wrong password hears.
/// </summary>
/// <param name="othersHaveScram">For md5: by which exchange somebody is asked of whom nothing is stored.</param>
internal sealed class ClientAuthentication(
    IConnection client,
    string user,
    AuthDemand demand,
    UserLookupOutcome known,
    bool othersHaveScram,
    LoginSecrets secrets,
    OutsideQuestions accounts,
    PasswordAuthorities authorities,
    Personality personality)
{
    private readonly FrameWriter _writer = new();
    private readonly StoredPassword? _stored = (known as UserLookupOutcome.Known)?.Password;

    /// <exception cref="TransportException">The connection failed.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task<AuthOutcome> RunAsync(CancellationToken aborted)
    {
        try
        {
            if (!HasCertificate())
            {
                return Refuse(Refusals.NotCertified(user));
            }

            return demand.Type switch
            {
                AuthType.Any => new AuthOutcome.Granted(),
                AuthType.Trust => known is UserLookupOutcome.Known ? new AuthOutcome.Granted() : Refuse(Refusals.NotTrusted(user)),
                AuthType.Cert => _stored is not null ? new AuthOutcome.Granted() : Refuse(Refusals.NotCertified(user)),
                AuthType.Peer => await LookAtPeerAsync(aborted),
                AuthType.Pam or AuthType.Ldap => await AskOthersAsync(aborted),
                AuthType.Reject => Refuse(Refusals.Rejected(user)),
                AuthType.Plain => await AskPlainAsync(aborted),
                AuthType.Md5 when !IsScram() => await AskMd5Async(aborted),
                _ => await AskScramAsync(aborted),
            };
        }
        catch (InvalidDataException malformed)
        {
            return Refuse(SqlState.ProtocolViolation, $"expected a password, got {malformed.Message}");
        }
    }

    /// <summary>
    /// The certificate that is demanded, if any. A server that does not verify clients' certificates does not ask for them
    /// either.
    /// </summary>
    private bool HasCertificate()
    {
        if (demand is { Type: not AuthType.Cert, Certificate: CertificateDemand.None })
        {
            return true;
        }

        return client.Tls is { PeerCertificate.IsEmpty: false } tls
            && (demand is { Type: not AuthType.Cert, Certificate: CertificateDemand.VerifyCa }
                || (CertificateName.Of(tls.PeerCertificate.Span) is { } name && demand.Allows(name, user)));
    }

    private async Task<AuthOutcome> LookAtPeerAsync(CancellationToken aborted)
    {
        if (known is UserLookupOutcome.Known && client.PeerCredentials is { } peer)
        {
            try
            {
                var account = await accounts.AskBlockingAsync(() => SystemAccounts.NameOf(peer.UserId), aborted);
                if (account is not null && demand.Allows(account, user))
                {
                    return new AuthOutcome.Granted();
                }
            }
            catch (TimeoutException)
            {
                // Who is not known in time is not let in.
            }
        }

        return Refuse(Refusals.NotPeer(user));
    }

    /// <summary>For md5: what is stored decides, and for users who are not known what the others have.</summary>
    private bool IsScram() => _stored is null ? othersHaveScram : _stored.Kind == PasswordKind.Scram;

    /// <summary>Asks for the password in clear; where none comes, says how the login ends.</summary>
    private async Task<(byte[]? Password, AuthOutcome? End)> AskClearAsync(CancellationToken aborted)
    {
        AuthenticationRequest.Write(_writer, AuthenticationKind.CleartextPassword);
        return await AskAsync(aborted) is not { } body ? (null, new AuthOutcome.Left())
            : PasswordMessage.TryRead(body, out var given) ? (given.ToArray(), null)
            : (null, Malformed());
    }

    private async Task<AuthOutcome> AskPlainAsync(CancellationToken aborted)
    {
        var (password, end) = await AskClearAsync(aborted);
        if (password is null)
        {
            return end!;
        }

        if (_stored is null || !await Task.Run(() => _stored.VerifyCleartext(password, user)))
        {
            return WrongPassword();
        }

        secrets.LearnClear(_stored, password);
        return new AuthOutcome.Granted();
    }

    /// <summary>Whoever is known to PAM or the directory is known; no list is asked.</summary>
    private async Task<AuthOutcome> AskOthersAsync(CancellationToken aborted)
    {
        var (password, end) = await AskClearAsync(aborted);
        if (password is null)
        {
            return end!;
        }

        var address = (client.RemoteEndPoint as IPEndPoint)?.Address.ToString();
        switch (await authorities.AskAsync(demand, user, password, address, aborted))
        {
            case PasswordVerdict.Right:
                secrets.LearnProven(user, password);
                return new AuthOutcome.Granted();
            case PasswordVerdict.Wrong:
                return Refuse(demand.Type == AuthType.Ldap ? Refusals.WrongByLdap(user) : Refusals.WrongByPam(user));
            default:
                return Refuse(demand.Type == AuthType.Ldap ? Refusals.LdapDown : Refusals.PamDown);
        }
    }

    private async Task<AuthOutcome> AskMd5Async(CancellationToken aborted)
    {
        var salt = RandomNumberGenerator.GetBytes(AuthenticationMd5Password.SaltSize);
        new AuthenticationMd5Password(BinaryPrimitives.ReadUInt32BigEndian(salt)).Write(_writer);
        if (await AskAsync(aborted) is not { } body)
        {
            return new AuthOutcome.Left();
        }

        if (!PasswordMessage.TryRead(body, out var response))
        {
            return Malformed();
        }

        // Without a secret the same is computed, and never right.
        var secret = _stored?.Md5SecretOf(user);
        var isRight = Md5Password.Verify(secret ?? Md5Password.Secret("?"u8, user), salt, response);
        return secret is not null && isRight ? new AuthOutcome.Granted() : WrongPassword();
    }

    private async Task<AuthOutcome> AskScramAsync(CancellationToken aborted)
    {
        var secret = (_stored is null ? null : await secrets.SecretOfAsync(user, _stored)) ?? secrets.Mock(user);
        var endPointHash = client.Tls is { } tls ? ServerEndPoint.Hash(tls.OwnCertificate.Span) : null;
        var exchange = new ScramServer(secret, RandomNumberGenerator.GetBytes(ScramMechanism.NonceSize), endPointHash);
        var offer = new AuthenticationSasl(
            endPointHash is null ? [ScramMechanism.Sha256] : [ScramMechanism.Sha256Plus, ScramMechanism.Sha256]);
        offer.Write(_writer);
        if (await AskAsync(aborted) is not { } first)
        {
            return new AuthOutcome.Left();
        }

        var outcome = SaslInitialResponse.TryRead(first, out var initial)
            ? exchange.ReadFirst(initial.Mechanism, initial.Response)
            : ScramOutcome.Malformed;
        if (outcome != ScramOutcome.Continue)
        {
            return RefuseScram(outcome);
        }

        AuthenticationSaslContinue.Write(_writer, exchange.Reply);
        if (await AskAsync(aborted) is not { } final)
        {
            return new AuthOutcome.Left();
        }

        outcome = exchange.ReadFinal(final);
        if (outcome != ScramOutcome.Authenticated)
        {
            return RefuseScram(outcome);
        }

        AuthenticationSaslFinal.Write(_writer, exchange.Reply);
        await SendAsync(aborted);
        secrets.Learn(_stored!, exchange.Keys!);
        return new AuthOutcome.Granted();
    }

    /// <summary>Sends what is written and takes the answer; null where the client closed.</summary>
    /// <exception cref="InvalidDataException">It is no password message, or too long for one.</exception>
    private async Task<byte[]?> AskAsync(CancellationToken aborted)
    {
        await SendAsync(aborted);
        return await MessageReader.ReadAsync(client, FrameSide.Frontend, aborted) switch
        {
            null => null,
            { Type: MessageType.Password } answer => answer.Body,
            { Type: MessageType.Terminate } => null,
            { } other => throw new InvalidDataException($"a message of type 0x{other.Type:x2}"),
        };
    }

    private async Task SendAsync(CancellationToken aborted)
    {
        await client.Output.WriteAsync(_writer.Written, aborted);
        _writer.Clear();
    }

    private AuthOutcome.Refused RefuseScram(ScramOutcome outcome) => outcome switch
    {
        ScramOutcome.WrongPassword => Refuse(Refusals.WrongSasl(user)),
        ScramOutcome.Unsupported => Refuse(SqlState.FeatureNotSupported, "the client asks for a SCRAM extension that is not known here"),
        ScramOutcome.ChannelBindingFailed => Refuse(
            SqlState.InvalidAuthorizationSpecification, "SCRAM channel binding check failed"),
        _ => Refuse(SqlState.ProtocolViolation, "malformed SCRAM message"),
    };

    private AuthOutcome.Refused WrongPassword() => Refuse(Refusals.WrongPassword(user));

    private AuthOutcome.Refused Malformed() => Refuse(SqlState.ProtocolViolation, "invalid password packet");

    private AuthOutcome.Refused Refuse(Refusal refusal) => new(refusal.In(personality));

    private AuthOutcome.Refused Refuse(string code, string message) =>
        new(Refusals.In(personality, ErrorResponse.Fatal(code, message)));
}
