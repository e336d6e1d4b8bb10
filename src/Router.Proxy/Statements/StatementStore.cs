using System.Globalization;
using System.Text;
using Router.Protocol.Framing;
using Router.Proxy.Traits;

namespace Router.Proxy.Statements;

/// <summary>
/// The prepared statements of one pool on one loop: one for each text and list of parameter types, as long as a client or a
/// server connection has it.
/// </summary>
internal sealed class StatementStore
{
    private const string Prefix = "ROUTER_";

    private readonly Dictionary<byte[], Statement> _statements = new(BytesComparer.Instance);
    private long _last;

    /// <summary>Scratch of its clients: used within one synchronous step only.</summary>
    public FrameWriter Output { get; } = new();

    /// <summary>A name that no statement of a server connection ever has.</summary>
    public static ReadOnlySpan<byte> NoSuchName => "ROUTER_0"u8;

    /// <summary>A client's own name must not reach a server where it could be one of ours.</summary>
    public static bool IsReserved(ReadOnlySpan<byte> name) => name.StartsWith("ROUTER_"u8);

    public IEnumerable<Statement> All => _statements.Values;

    /// <summary>The statement with this text and these types; null where nobody has it.</summary>
    public Statement? Find(ReadOnlySpan<byte> body) =>
        _statements.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(body, out var statement) ? statement : null;

    /// <summary>The statement with this text and these types; counts its new user.</summary>
    /// <param name="body">The body of a Parse behind the name.</param>
    public Statement Acquire(ReadOnlySpan<byte> body)
    {
        var lookup = _statements.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(body, out var statement))
        {
            var kept = body.ToArray();
            statement = new Statement(kept, NextName(), HintOf(body));
            _statements[kept] = statement;
        }

        statement.Users++;
        return statement;
    }

    /// <summary>A statement that is nobody else's, for it is too long to be compared.</summary>
    /// <param name="bodyStart">As much of its body as there is.</param>
    public Statement AcquireAlone(ReadOnlySpan<byte> bodyStart) => new(null, NextName(), HintOf(bodyStart)) { Users = 1 };

    public void Release(Statement statement)
    {
        if (--statement.Users == 0 && statement.Body is { } body
            && _statements.TryGetValue(body, out var known) && ReferenceEquals(known, statement))
        {
            _statements.Remove(body);
        }
    }

    /// <summary>What servers have under its name is of no use any more: each prepares it anew before its next use.</summary>
    public void Renew(Statement statement) => statement.ServerName = NextName();

    private static SqlHint HintOf(ReadOnlySpan<byte> body)
    {
        var end = body.IndexOf((byte)0);
        return SqlHints.Read(end < 0 ? body : body[..end]);
    }

    /// <summary>A name that no statement has had.</summary>
    public byte[] NextName() => Encoding.ASCII.GetBytes(Prefix + (++_last).ToString(CultureInfo.InvariantCulture));
}
