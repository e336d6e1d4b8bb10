namespace Router.Proxy;

/// <summary>TLS handshakes of one leg since the start.</summary>
/// <param name="Time">Of the successful ones together: from the first byte of ours or the peer's to the end.</param>
public readonly record struct HandshakeTotals(long Succeeded, long Failed, TimeSpan Time);
