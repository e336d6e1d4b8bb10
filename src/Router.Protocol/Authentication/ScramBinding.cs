using Router.Protocol.Messages;

namespace Router.Protocol.Authentication;

/// <summary>What a client says of the channel under its exchange.</summary>
public sealed class ScramBinding
{
    /// <summary>No TLS, or no wish to bind.</summary>
    public static readonly ScramBinding None = new("n,,"u8, default);

    /// <summary>We could bind, but the server does not offer it: a server that did will know that it was tricked.</summary>
    public static readonly ScramBinding NotOffered = new("y,,"u8, default);

    private readonly byte[] _header;
    private readonly byte[] _boundTo;

    private ScramBinding(ReadOnlySpan<byte> header, ReadOnlySpan<byte> channel)
    {
        _header = header.ToArray();
        _boundTo = [.. header, .. channel];
    }

    /// <summary>The name of the mechanism that goes with it.</summary>
    public string Mechanism => _header[0] == 'p' ? ScramMechanism.Sha256Plus : ScramMechanism.Sha256;

    /// <summary>The gs2 header.</summary>
    internal ReadOnlySpan<byte> Header => _header;

    /// <summary>What client-final repeats.</summary>
    internal ReadOnlySpan<byte> BoundTo => _boundTo;

    /// <summary>
    /// The best that both sides can: bound to the channel, or unbound; null where no SCRAM is offered, or the offer is a
    /// lie, since without TLS there is nothing to bind to.
    /// </summary>
    /// <param name="endPointHash">Empty where the server's certificate has none.</param>
    public static ScramBinding? Choose(AuthenticationSasl offer, bool isTls, ReadOnlySpan<byte> endPointHash)
    {
        var isPlusOffered = offer.Mechanisms.Contains(ScramMechanism.Sha256Plus);
        if (isPlusOffered && (!isTls || endPointHash.Length > 0))
        {
            return isTls ? To(endPointHash) : null;
        }

        return !offer.Mechanisms.Contains(ScramMechanism.Sha256) ? null
            : endPointHash.Length > 0 && isTls ? NotOffered
            : None;
    }

    /// <param name="hash">Of the server's certificate: <see cref="ServerEndPoint"/>.</param>
    public static ScramBinding To(ReadOnlySpan<byte> hash) => new(ScramMechanism.EndPointHeader, hash);
}
