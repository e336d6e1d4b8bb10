using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Router.Protocol.Authentication;

/// <summary>
/// The client's side of one SCRAM exchange. Between challenge and proof the caller gets the keys, from a password by
/// <see cref="ScramKeys.Derive"/> with the salt and iterations that the server told, or from a client's own login.
/// Nobody is <see cref="ScramOutcome.Authenticated"/> before the server has shown that it knows the secret too.
/// </summary>
/// <remarks>Each method is for its turn; out of turn, and after any failure, the answer is malformed.</remarks>
public sealed class ScramClient
{
    /// <summary>
    /// More iterations than anybody configures: a hostile server may cost us half a second, not the day.
    /// </summary>
    public const int IterationsMax = 1_000_000;

    private enum Step
    {
        ServerFirst,
        Proof,
        ServerFinal,
        Over,
    }

    private readonly ScramBinding _binding;
    private readonly string _clientNonce;
    private readonly byte[] _clientFirstBare;
    private readonly ScramTranscript _transcript = new();
    private byte[] _nonce = [];
    private byte[] _serverSignature = [];
    private Step _step = Step.ServerFirst;

    /// <param name="nonce">Random bytes, <see cref="ScramMechanism.NonceSize"/> of them, used once.</param>
    public ScramClient(ReadOnlySpan<byte> nonce, ScramBinding binding)
        : this(ScramMechanism.NonceText(nonce), binding)
    {
    }

    /// <param name="name">Empty, as libpq leaves it: the server uses the name of the StartupMessage.</param>
    internal ScramClient(string nonce, ScramBinding binding, string name = "")
    {
        _binding = binding;
        _clientNonce = nonce;
        _clientFirstBare = Encoding.ASCII.GetBytes($"n={name},r={_clientNonce}");
        ClientFirst = [.. binding.Header, .. _clientFirstBare];
    }

    /// <summary>The first message, for SASLInitialResponse.</summary>
    public byte[] ClientFirst { get; }

    /// <summary>Of the secret that the server verifies by; known after <see cref="ReadChallenge"/>.</summary>
    public byte[] Salt { get; private set; } = [];

    public int Iterations { get; private set; }

    /// <summary>Reads server-first.</summary>
    public ScramOutcome ReadChallenge(ReadOnlySpan<byte> message)
    {
        var isInTurn = _step == Step.ServerFirst;
        _step = Step.Over;
        if (!isInTurn || !ScramReader.IsPossible(message))
        {
            return ScramOutcome.Malformed;
        }

        var reader = new ScramReader(message);
        if (reader.Next == 'm')
        {
            return ScramOutcome.Unsupported;
        }

        if (!reader.TryRead((byte)'r', out var nonce) || !ScramReader.IsPrintable(nonce)
            || nonce.Length <= _clientNonce.Length || !nonce.StartsWith(Encoding.ASCII.GetBytes(_clientNonce))
            || !reader.TryRead((byte)'s', out var salt) || ScramBase64.Decode(salt) is not { Length: > 0 } saltBytes
            || !reader.TryRead((byte)'i', out var iterations) || !TryReadCount(iterations, out var count))
        {
            return ScramOutcome.Malformed;
        }

        _nonce = nonce.ToArray();
        (Salt, Iterations) = (saltBytes, count);
        _transcript.Add(_clientFirstBare);
        _transcript.Add(message);
        _step = Step.Proof;
        return ScramOutcome.Continue;
    }

    /// <summary>Client-final, for SASLResponse; empty out of turn.</summary>
    /// <param name="keys">Made with <see cref="Salt"/> and <see cref="Iterations"/>, or the server will refuse them.</param>
    public byte[] Prove(ScramKeys keys)
    {
        if (_step != Step.Proof)
        {
            _step = Step.Over;
            return [];
        }

        var withoutProof = $"c={Convert.ToBase64String(_binding.BoundTo)},r={Encoding.ASCII.GetString(_nonce)}";
        _transcript.Add(Encoding.ASCII.GetBytes(withoutProof));
        Span<byte> storedKey = stackalloc byte[ScramKeys.KeySize];
        SHA256.HashData(keys.ClientKey, storedKey);
        Span<byte> proof = stackalloc byte[ScramKeys.KeySize];
        _transcript.Mask(storedKey, keys.ClientKey, proof);
        _serverSignature = new byte[ScramKeys.KeySize];
        _transcript.Sign(keys.ServerKey, _serverSignature);
        _step = Step.ServerFinal;
        return Encoding.ASCII.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    /// <summary>Reads server-final. AuthenticationOk must still follow, and counts for nothing before this.</summary>
    public ScramOutcome ReadFinal(ReadOnlySpan<byte> message)
    {
        var isInTurn = _step == Step.ServerFinal;
        _step = Step.Over;
        var reader = new ScramReader(message);
        if (!isInTurn || !ScramReader.IsPossible(message))
        {
            return ScramOutcome.Malformed;
        }

        if (reader.Next == 'e')
        {
            return reader.TryRead((byte)'e', out _) ? ScramOutcome.ServerRefused : ScramOutcome.Malformed;
        }

        if (!reader.TryRead((byte)'v', out var text) || !reader.IsAtEnd
            || ScramBase64.Decode(text, ScramKeys.KeySize) is not { } signature)
        {
            return ScramOutcome.Malformed;
        }

        return CryptographicOperations.FixedTimeEquals(signature, _serverSignature)
            ? ScramOutcome.Authenticated
            : ScramOutcome.WrongServer;
    }

    private static bool TryReadCount(ReadOnlySpan<byte> text, out int count) =>
        Utf8Parser.TryParse(text, out count, out var taken) && taken == text.Length
        && text[0] != '+' && count is > 0 and <= IterationsMax;
}
