using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Router.Protocol;
using Router.Protocol.Authentication;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Authentication;
using Router.Proxy.Pooling;
using Router.Transport;

namespace Router.Proxy.Backends;

/// <summary>
/// One login of ours at a server, behind its StartupMessage: answers what it asks for and gathers what it reports, up to
/// the first ReadyForQuery. Nobody counts as logged in who skipped a step of the exchange that the server began.
/// </summary>
internal sealed class BackendLogin(
    IConnection connection, string user, StoredPassword? password, LoginSecrets secrets)
{
    private readonly FrameWriter _writer = new();
    private ReportedParameters _parameters = ReportedParameters.None;
    private BackendKeyData? _key;
    private ScramClient? _scram;
    private bool _isScramVerified;
    private bool _isAuthenticated;

    /// <exception cref="TransportException">The connection failed.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task<LoginOutcome> RunAsync(CancellationToken aborted)
    {
        try
        {
            while (await MessageReader.ReadAsync(connection, FrameSide.Backend, aborted) is { } message)
            {
                if (await StepAsync(message, aborted) is { } outcome)
                {
                    return outcome;
                }
            }
        }
        catch (InvalidDataException malformed)
        {
            return new LoginOutcome.Broken($"the server sent {malformed.Message}");
        }

        return new LoginOutcome.Broken("the server closed the connection during the login");
    }

    private async ValueTask<LoginOutcome?> StepAsync(WholeMessage message, CancellationToken aborted)
    {
        switch (message.Type)
        {
            case MessageType.Authentication when !_isAuthenticated:
                return await AnswerAsync(message.Body, aborted);
            case MessageType.ErrorResponse:
                return ErrorResponse.Parse(message.Body) is { } error
                    ? new LoginOutcome.Refused(error)
                    : new LoginOutcome.Broken("the server sent an error that cannot be read");
            case MessageType.NegotiateProtocolVersion or MessageType.NoticeResponse:
                return null;
            case MessageType.ParameterStatus when _isAuthenticated && ParameterStatus.Parse(message.Body) is { } reported:
                _parameters = _parameters.With(reported);
                return null;
            case MessageType.BackendKeyData when _isAuthenticated:
                _key = BackendKeyData.Parse(message.Body);
                return null;
            case MessageType.ReadyForQuery when _isAuthenticated:
                return new LoginOutcome.Done(_parameters, _key);
            default:
                return new LoginOutcome.Broken($"the server sent a message of type 0x{message.Type:x2} during the login");
        }
    }

    /// <summary>Null where the exchange goes on.</summary>
    private async ValueTask<LoginOutcome?> AnswerAsync(byte[] body, CancellationToken aborted)
    {
        switch (AuthenticationRequest.ParseKind(body))
        {
            case AuthenticationKind.Ok when _scram is null || _isScramVerified:
                _isAuthenticated = true;
                return null;
            case AuthenticationKind.CleartextPassword when password is not null && secrets.ClearOf(password) is { } clear:
                PasswordMessage.Write(_writer, clear);
                return await SendAsync(aborted);
            case AuthenticationKind.Md5Password when Md5Secret() is { } secret
                && AuthenticationMd5Password.Parse(body) is { } asked:
                PasswordMessage.Write(_writer, Md5Password.Response(secret, SaltOf(asked)));
                return await SendAsync(aborted);
            case AuthenticationKind.Sasl when password is not null && _scram is null:
                return await BeginScramAsync(body, aborted);
            case AuthenticationKind.SaslContinue when _scram is not null && AuthenticationSaslContinue.TryRead(body, out var challenge):
                return await ProveAsync(challenge.ToArray(), aborted);
            case AuthenticationKind.SaslFinal when _scram is not null && AuthenticationSaslFinal.TryRead(body, out var last):
                _isScramVerified = _scram.ReadFinal(last) == ScramOutcome.Authenticated;
                return _isScramVerified ? null : new LoginOutcome.Broken("the server does not know the password itself");
            case AuthenticationKind.CleartextPassword or AuthenticationKind.Md5Password or AuthenticationKind.Sasl:
                return NoPassword();
            default:
                return new LoginOutcome.Broken("the server asks for an authentication that is not supported");
        }
    }

    private async ValueTask<LoginOutcome?> BeginScramAsync(byte[] body, CancellationToken aborted)
    {
        var endPointHash = connection.Tls is { } tls ? ServerEndPoint.Hash(tls.PeerCertificate.Span) : null;
        if (AuthenticationSasl.Parse(body) is not { } offer
            || ScramBinding.Choose(offer, isTls: connection.Tls is not null, endPointHash) is not { } binding)
        {
            return new LoginOutcome.Broken("the server offers no SASL mechanism that is known here");
        }

        _scram = new ScramClient(RandomNumberGenerator.GetBytes(ScramMechanism.NonceSize), binding);
        new SaslInitialResponse(Encoding.ASCII.GetBytes(binding.Mechanism), _scram.ClientFirst).Write(_writer);
        return await SendAsync(aborted);
    }

    private async ValueTask<LoginOutcome?> ProveAsync(byte[] challenge, CancellationToken aborted)
    {
        if (_scram!.ReadChallenge(challenge) != ScramOutcome.Continue)
        {
            return new LoginOutcome.Broken("the server's SCRAM challenge makes no sense");
        }

        if (await secrets.KeysOfAsync(password!, _scram.Salt, _scram.Iterations) is not { } found)
        {
            return NoPassword();
        }

        SaslResponse.Write(_writer, _scram.Prove(found));
        return await SendAsync(aborted);
    }

    private async ValueTask<LoginOutcome?> SendAsync(CancellationToken aborted)
    {
        await connection.Output.WriteAsync(_writer.Written, aborted);
        _writer.Clear();
        return null;
    }

    private byte[]? Md5Secret() => password is null ? null
        : password.Md5SecretOf(user) is { } stored ? stored
        : secrets.ClearOf(password) is { } clear ? Md5Password.Secret(clear, user)
        : null;

    private LoginOutcome.Refused NoPassword() => new(ErrorResponse.Fatal(
        SqlState.InvalidPassword,
        $"the server asks for the password of user \"{user}\", and auth_file has none that answers it"));

    private static byte[] SaltOf(AuthenticationMd5Password asked)
    {
        var salt = new byte[AuthenticationMd5Password.SaltSize];
        BinaryPrimitives.WriteUInt32BigEndian(salt, asked.Salt);
        return salt;
    }
}
