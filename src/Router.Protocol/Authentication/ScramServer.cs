using System.Security.Cryptography;
using System.Text;

namespace Router.Protocol.Authentication;

/// <summary>
/// The server's side of one SCRAM exchange: bytes in, bytes out, two messages each way. It verifies by StoredKey and
/// never sees the password; from a good proof it learns the client's keys, which log in to every server that stores the
/// same secret.
/// </summary>
/// <remarks>
/// Waits for client-first, then for client-final, then is over. Whatever breaks the exchange ends it: after an answer
/// other than <see cref="ScramOutcome.Continue"/> every further message is <see cref="ScramOutcome.Malformed"/>.
/// </remarks>
public sealed class ScramServer
{
    private enum Step
    {
        ClientFirst,
        ClientFinal,
        Over,
    }

    private readonly ScramSecret _secret;
    private readonly byte[] _serverNonce;
    private readonly byte[] _endPointHash;
    private readonly ScramTranscript _transcript = new();
    private byte[] _nonce = [];
    private byte[] _boundTo = [];
    private Step _step = Step.ClientFirst;

    /// <param name="nonce">Random bytes, <see cref="ScramMechanism.NonceSize"/> of them, used once.</param>
    /// <param name="endPointHash">
    /// Of the certificate that the client was shown (<see cref="ServerEndPoint"/>), where SCRAM-SHA-256-PLUS was offered;
    /// empty where it was not.
    /// </param>
    public ScramServer(ScramSecret secret, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> endPointHash = default)
        : this(secret, ScramMechanism.NonceText(nonce), endPointHash)
    {
    }

    internal ScramServer(ScramSecret secret, string nonce, ReadOnlySpan<byte> endPointHash = default)
    {
        _secret = secret;
        _serverNonce = Encoding.ASCII.GetBytes(nonce);
        _endPointHash = endPointHash.ToArray();
    }

    /// <summary>What to send: server-first after the first step, server-final after the last good one.</summary>
    public byte[] Reply { get; private set; } = [];

    /// <summary>The client's keys, once it is <see cref="ScramOutcome.Authenticated"/>.</summary>
    public ScramKeys? Keys { get; private set; }

    /// <param name="mechanism">The client's choice, as SASLInitialResponse named it.</param>
    public ScramOutcome ReadFirst(ReadOnlySpan<byte> mechanism, ReadOnlySpan<byte> message)
    {
        var isFirst = _step == Step.ClientFirst;
        _step = Step.Over;
        if (!isFirst || !ScramReader.IsPossible(message) || !TryChoose(mechanism, out var isPlus))
        {
            return ScramOutcome.Malformed;
        }

        var outcome = ReadHeader(message, isPlus, out var headerLength);
        if (outcome != ScramOutcome.Continue)
        {
            return outcome;
        }

        outcome = ReadFirstBare(message[headerLength..]);
        if (outcome == ScramOutcome.Continue)
        {
            _boundTo = isPlus ? [.. message[..headerLength], .. _endPointHash] : message[..headerLength].ToArray();
            _step = Step.ClientFinal;
        }

        return outcome;
    }

    public ScramOutcome ReadFinal(ReadOnlySpan<byte> message)
    {
        var isFinal = _step == Step.ClientFinal;
        _step = Step.Over;
        Reply = [];
        var reader = new ScramReader(message);
        if (!isFinal || !ScramReader.IsPossible(message) || !reader.TryRead((byte)'c', out var binding))
        {
            return ScramOutcome.Malformed;
        }

        // As PostgreSQL: the text is compared, not what it decodes to.
        if (!binding.SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToBase64String(_boundTo))))
        {
            return _boundTo[0] == 'p' ? ScramOutcome.ChannelBindingFailed : ScramOutcome.Malformed;
        }

        return reader.TryRead((byte)'r', out var nonce) && CryptographicOperations.FixedTimeEquals(nonce, _nonce)
            && TryReadProof(ref reader, out var withoutProof, out var proof)
            ? Verify(message[..withoutProof], proof)
            : ScramOutcome.Malformed;
    }

    private ScramOutcome Verify(ReadOnlySpan<byte> withoutProof, ReadOnlySpan<byte> proof)
    {
        _transcript.Add(withoutProof);
        Span<byte> clientKey = stackalloc byte[ScramKeys.KeySize];
        _transcript.Mask(_secret.StoredKey, proof, clientKey);
        Span<byte> storedKey = stackalloc byte[ScramKeys.KeySize];
        SHA256.HashData(clientKey, storedKey);

        // A mock takes every step of a real exchange and fails at the end of it.
        var isProven = CryptographicOperations.FixedTimeEquals(storedKey, _secret.StoredKey);
        if (!isProven || _secret.IsMock)
        {
            return ScramOutcome.WrongPassword;
        }

        Span<byte> signature = stackalloc byte[ScramKeys.KeySize];
        _transcript.Sign(_secret.ServerKey, signature);
        Reply = Encoding.ASCII.GetBytes("v=" + Convert.ToBase64String(signature));
        Keys = new ScramKeys(clientKey, _secret.ServerKey);
        return ScramOutcome.Authenticated;
    }

    private bool TryChoose(ReadOnlySpan<byte> mechanism, out bool isPlus)
    {
        isPlus = mechanism.SequenceEqual(Encoding.ASCII.GetBytes(ScramMechanism.Sha256Plus));
        return isPlus ? _endPointHash.Length > 0 : mechanism.SequenceEqual(Encoding.ASCII.GetBytes(ScramMechanism.Sha256));
    }

    /// <summary>The gs2 header: does the client bind, could it, and for whom does it speak.</summary>
    private ScramOutcome ReadHeader(ReadOnlySpan<byte> message, bool isPlus, out int length)
    {
        length = 0;
        var flagEnd = message.IndexOf((byte)',');
        if (flagEnd < 0 || message.Length < flagEnd + 2)
        {
            return ScramOutcome.Malformed;
        }

        length = flagEnd + 2;
        if (message[flagEnd + 1] == 'a')
        {
            return ScramOutcome.Unsupported;
        }

        if (message[flagEnd + 1] != ',')
        {
            return ScramOutcome.Malformed;
        }

        if (message[..length].SequenceEqual(ScramMechanism.EndPointHeader))
        {
            return isPlus ? ScramOutcome.Continue : ScramOutcome.Malformed;
        }

        if (isPlus || flagEnd != 1 || message[0] is not ((byte)'n' or (byte)'y'))
        {
            return ScramOutcome.Malformed;
        }

        // "y": I could bind, but you do not offer it. We did, so somebody took the offer away.
        return message[0] == 'y' && _endPointHash.Length > 0 ? ScramOutcome.ChannelBindingFailed : ScramOutcome.Continue;
    }

    private ScramOutcome ReadFirstBare(ReadOnlySpan<byte> bare)
    {
        var reader = new ScramReader(bare);
        if (reader.Next == 'm')
        {
            return ScramOutcome.Unsupported;
        }

        // The name is not used: the StartupMessage has told it. Extensions are passed over, but must be well-formed.
        if (!reader.TryRead((byte)'n', out _) || !reader.TryRead((byte)'r', out var clientNonce)
            || clientNonce.IsEmpty || !ScramReader.IsPrintable(clientNonce))
        {
            return ScramOutcome.Malformed;
        }

        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadAny(out _, out _))
            {
                return ScramOutcome.Malformed;
            }
        }

        _nonce = [.. clientNonce, .. _serverNonce];
        Reply = Encoding.ASCII.GetBytes(
            $"r={Encoding.ASCII.GetString(_nonce)},s={Convert.ToBase64String(_secret.Salt)},i={_secret.Iterations}");
        _transcript.Add(bare);
        _transcript.Add(Reply);
        return ScramOutcome.Continue;
    }

    /// <summary>Passes over extensions to the proof, which must be the last attribute.</summary>
    private static bool TryReadProof(ref ScramReader reader, out int withoutProof, out byte[] proof)
    {
        proof = [];
        do
        {
            withoutProof = reader.Position - 1;
            if (!reader.TryReadAny(out var name, out var value))
            {
                return false;
            }

            if (name == 'p')
            {
                proof = ScramBase64.Decode(value, ScramKeys.KeySize) ?? [];
                return reader.IsAtEnd && proof.Length > 0;
            }
        }
        while (!reader.IsAtEnd);

        return false;
    }
}
