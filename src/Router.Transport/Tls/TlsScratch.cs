using System.Runtime.CompilerServices;
using Router.Transport.Loops;

namespace Router.Transport.Tls;

/// <summary>
/// What all TLS connections of one loop share: buffers for ciphertext, used within one synchronous step, and the names
/// of protocols and ciphers. Made when the first connection is secured.
/// </summary>
internal sealed unsafe class TlsScratch
{
    /// <summary>What OpenSSL adds to a record at most, with a margin.</summary>
    public const int OverheadMax = 512;

    /// <summary>The largest plaintext of one record.</summary>
    public const int RecordMax = 16 * 1024;

    private readonly byte[] _in = GC.AllocateUninitializedArray<byte>(Loop.ScratchBytes, pinned: true);
    private readonly byte[] _out = GC.AllocateUninitializedArray<byte>(
        Loop.ScratchBytes + (Loop.ScratchBytes / RecordMax * OverheadMax), pinned: true);

    private readonly WireWindow[] _window = GC.AllocateArray<WireWindow>(1, pinned: true);
    private readonly Dictionary<nint, string> _names = [];

    public TlsScratch()
    {
        Window = (WireWindow*)Unsafe.AsPointer(ref _window[0]);
        Window->Out = (byte*)Unsafe.AsPointer(ref _out[0]);
        Window->OutCapacity = _out.Length;
    }

    public WireWindow* Window { get; }

    /// <summary>Room for another record of the largest size.</summary>
    public bool HasRoom => Window->OutCapacity - Window->OutLength >= RecordMax + OverheadMax;

    /// <summary>Where to receive ciphertext: about as much as gives <paramref name="plainMax"/> bytes, and a record at least.</summary>
    public Span<byte> Room(int plainMax) =>
        _in.AsSpan(0, Math.Min(_in.Length, Math.Max(plainMax, RecordMax + OverheadMax)));

    /// <summary><paramref name="count"/> bytes were received; OpenSSL reads them next.</summary>
    public void Filled(int count)
    {
        Window->In = (byte*)Unsafe.AsPointer(ref _in[0]);
        Window->InLength = count;
    }

    /// <summary>Ciphertext that OpenSSL has put out.</summary>
    public ReadOnlySpan<byte> Out => _out.AsSpan(0, Window->OutLength);

    /// <summary>Ciphertext that OpenSSL has not read.</summary>
    public ReadOnlySpan<byte> In => new(Window->In, Window->InLength);

    /// <summary>The text of a string that OpenSSL owns for ever.</summary>
    public string NameOf(nint text)
    {
        if (!_names.TryGetValue(text, out var name))
        {
            name = OpenSsl.Text(text) ?? "";
            _names[text] = name;
        }

        return name;
    }
}
