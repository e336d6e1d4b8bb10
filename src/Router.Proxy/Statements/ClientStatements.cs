namespace Router.Proxy.Statements;

/// <summary>The prepared statements of one client: its names for them, and the text of its unnamed one.</summary>
internal sealed class ClientStatements(StatementStore store)
{
    /// <summary>An unnamed statement that is longer is not kept: it lives on the connection that it was sent to.</summary>
    public const int UnnamedMax = 16 * 1024;

    /// <summary>Names that one client may have.</summary>
    public const int NamesMax = 10_000;

    private Dictionary<byte[], Statement>? _named;
    private byte[] _unnamed = [];
    private int _unnamedLength;

    public int Count => _named?.Count ?? 0;

    /// <summary>Tells one unnamed statement from the one before.</summary>
    public long UnnamedVersion { get; private set; }

    /// <summary>The body, behind the name, of the Parse of the unnamed statement; empty where there is none or it is not kept.</summary>
    public ReadOnlySpan<byte> Unnamed => _unnamed.AsSpan(0, _unnamedLength);

    /// <summary>A name and its statement; nulls where the client has no such name.</summary>
    public (byte[]? Name, Statement? Statement) Find(ReadOnlySpan<byte> name) =>
        _named is not null
        && _named.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var own, out var statement)
            ? (own, statement)
            : default;

    /// <param name="statement">Acquired for this name.</param>
    public void Add(byte[] name, Statement statement) => (_named ??= new(BytesComparer.Instance)).Add(name, statement);

    /// <summary>Takes a name away; the statement stays acquired.</summary>
    public void Remove(byte[] name) => _named?.Remove(name);

    /// <summary>A new unnamed statement takes the old one's place.</summary>
    /// <param name="body">Empty: it is not kept.</param>
    public void SetUnnamed(ReadOnlySpan<byte> body)
    {
        UnnamedVersion++;
        if (body.Length > _unnamed.Length)
        {
            _unnamed = new byte[Math.Max(body.Length, Math.Min(2 * _unnamed.Length, UnnamedMax))];
        }

        body.CopyTo(_unnamed);
        _unnamedLength = body.Length;
    }

    public void ForgetUnnamed() => SetUnnamed([]);

    /// <summary>The client has thrown all its statements away, or has ended.</summary>
    public void Clear()
    {
        foreach (var statement in _named?.Values.AsEnumerable() ?? [])
        {
            store.Release(statement);
        }

        _named = null;
        ForgetUnnamed();
    }
}
