namespace Router.Transport.Tls;

/// <summary>
/// What OpenSSL sees of the socket within one step: ciphertext that arrived and is not yet read, and room for ciphertext
/// to be sent.
/// </summary>
internal unsafe struct WireWindow
{
    public byte* In;
    public int InLength;
    public byte* Out;
    public int OutLength;
    public int OutCapacity;
}
