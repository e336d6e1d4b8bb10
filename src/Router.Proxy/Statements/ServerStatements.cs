namespace Router.Proxy.Statements;

/// <summary>
/// The prepared statements that one server connection has, in the order of their last use, and whose its unnamed one is.
/// </summary>
/// <remarks>
/// It runs ahead: what was sent counts as done, and is taken back when the server answers otherwise. So a pipeline that
/// prepares a statement may use it at once.
/// </remarks>
internal sealed class ServerStatements(StatementStore store)
{
    private readonly Dictionary<Statement, LinkedListNode<PreparedStatement>> _prepared = [];
    private readonly LinkedList<PreparedStatement> _byUse = new();
    private ClientStatements? _unnamedOwner;
    private long _unnamedVersion;

    public int Count => _prepared.Count;

    /// <summary>Nothing is known to be prepared without a name.</summary>
    public bool HasNoUnnamed => _unnamedOwner is null;

    /// <summary>The connection has the statement under its name of today, which is used now.</summary>
    public bool Use(Statement statement)
    {
        if (!_prepared.TryGetValue(statement, out var node) || node.Value.Name != statement.ServerName)
        {
            return false;
        }

        if (node.Previous is not null)
        {
            _byUse.Remove(node);
            _byUse.AddFirst(node);
        }

        return true;
    }

    /// <summary>What the connection has of it, perhaps under an older name; null where nothing.</summary>
    public PreparedStatement? Find(Statement statement) =>
        _prepared.TryGetValue(statement, out var node) ? node.Value : null;

    /// <summary>The one of these that was not used for the longest time; null where there is none.</summary>
    public PreparedStatement? LeastUsed(Func<PreparedStatement, bool> isMeant)
    {
        for (var node = _byUse.Last; node is not null; node = node.Previous)
        {
            if (isMeant(node.Value))
            {
                return node.Value;
            }
        }

        return null;
    }

    public void Add(PreparedStatement prepared)
    {
        if (!_prepared.ContainsKey(prepared.Statement))
        {
            prepared.Statement.Users++;
            _prepared.Add(prepared.Statement, _byUse.AddFirst(prepared));
        }
    }

    public void Remove(PreparedStatement prepared)
    {
        if (_prepared.TryGetValue(prepared.Statement, out var node) && node.Value == prepared)
        {
            _prepared.Remove(prepared.Statement);
            _byUse.Remove(node);
            store.Release(prepared.Statement);
        }
    }

    public bool IsUnnamedOf(ClientStatements client) =>
        ReferenceEquals(_unnamedOwner, client) && _unnamedVersion == client.UnnamedVersion;

    /// <summary>The client's unnamed statement is the connection's.</summary>
    public void SetUnnamed(ClientStatements client) => (_unnamedOwner, _unnamedVersion) = (client, client.UnnamedVersion);

    /// <summary>Whatever was prepared without a name is gone, or not to be relied on.</summary>
    public void ForgetUnnamed() => _unnamedOwner = null;

    /// <summary>The connection has thrown everything away, or is closed.</summary>
    public void Clear()
    {
        foreach (var prepared in _byUse)
        {
            store.Release(prepared.Statement);
        }

        _prepared.Clear();
        _byUse.Clear();
        ForgetUnnamed();
    }
}
