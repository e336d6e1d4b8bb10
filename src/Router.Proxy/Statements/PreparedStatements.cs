using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Sessions;
using Router.Proxy.Traits;

namespace Router.Proxy.Statements;

/// <summary>
/// Lets a client of transaction pooling keep its prepared statements, whichever server connection it gets: renames them on
/// their way, prepares what a connection lacks, and keeps the answers to that from the client.
/// </summary>
/// <remarks>
/// The server stays the judge. A statement that a connection has already is not answered by us but asked of the server
/// as the close of a name that is none, whose answer is renamed; a request that we refuse is sent as one that must fail. So the
/// order of answers and the skipping after an error are PostgreSQL's own.
/// </remarks>
internal sealed class PreparedStatements
{
    /// <summary>A longer named Parse is not gathered: it streams through, and its statement is shared with nobody.</summary>
    public const int GatheredMax = 32 * 1024;

    /// <summary>A longer one is not kept either, and cannot be used on another connection.</summary>
    public const int KeptMax = 8 * 1024 * 1024;

    private readonly StatementBooks _books;
    private readonly SessionState _state;
    private readonly SessionTraits _traits;
    private readonly RequestLedger _ledger;
    private readonly NamedDeallocation _deallocation;
    private byte[]? _body;
    private int _bodyLength;
    private Statement? _bodyOf;
    private bool _isWaiting;

    public PreparedStatements(StatementStore store, SessionState state, SessionTraits traits)
    {
        _traits = traits;
        _state = state;
        _ledger = state.Requests;
        _books = new StatementBooks(store, state.Requests);
        _deallocation = new NamedDeallocation(_books, state.Requests);
    }

    /// <summary>What has been prepared, and where.</summary>
    public StatementBooks Books => _books;

    /// <summary>Where a rewritten chunk is put together; of no meaning outside one look at a chunk.</summary>
    public FrameWriter Output => _books.Store.Output;

    /// <summary>The client's next message is to be shown again when this says false.</summary>
    public bool IsWaiting => _isWaiting && _books.HasDoubts;

    /// <summary>The error that comes now must be known whole.</summary>
    public bool NeedsError => _ledger.NextEffect is { Kind: EffectKind.Refusal or EffectKind.Used };

    /// <summary>Sees each message of the client once, at its begin.</summary>
    public RewriteStep OnRequest(ReadOnlySpan<byte> message, int at, ref Splice splice)
    {
        switch (message[0])
        {
            case MessageType.Parse or MessageType.Bind or MessageType.Describe or MessageType.Close:
                return OnNamed(message, at, ref splice);
            case MessageType.Query or MessageType.FunctionCall:
                _isWaiting = _deallocation.OnQuery(message, at, ref splice) == RewriteStep.Wait;
                return _isWaiting ? RewriteStep.Wait : RewriteStep.Done;
            default:
                _ledger.OnRequest(message[0]);
                break;
        }

        return RewriteStep.Done;
    }

    /// <summary>A piece of a message's body, from its begin on.</summary>
    public void OnRequestBody(ReadOnlySpan<byte> piece)
    {
        if (_body is null)
        {
            return;
        }

        piece.CopyTo(_body.AsSpan(_bodyLength));
        _bodyLength += piece.Length;
        if (_bodyLength == _body.Length)
        {
            _bodyOf!.Body = _body[(_body.IndexOf((byte)0) + 1)..];
            _body = null;
        }
    }

    /// <summary>What becomes of an answer that is neither error nor ReadyForQuery.</summary>
    public Treatment OnReply(byte type)
    {
        var treatment = _ledger.OnReply(type, out var done);
        if (done is { } effect)
        {
            _books.Confirm(effect);
        }

        return treatment;
    }

    /// <summary>A request is answered to its end.</summary>
    public void OnReady()
    {
        _ledger.OnReady(out var done);
        _books.UndoAll();
        _books.Confirm(done ?? default);
    }

    /// <summary>What becomes of an error.</summary>
    /// <param name="body">Of the error; empty where it was not gathered.</param>
    /// <param name="refusal">Goes to the client in its place, where that is to be refused.</param>
    public Treatment OnError(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> refusal)
    {
        refusal = default;
        var treatment = _ledger.OnError(out var failed);
        _books.UndoAll();
        if (failed is { Kind: EffectKind.Refusal, Bytes: { } error })
        {
            refusal = error;
        }
        else if (failed is { Kind: EffectKind.Used } used)
        {
            _books.Heal(used.Prepared, ErrorResponse.Parse(body)?.Code);
            refusal = StatementErrors.Renamed(body, used.Prepared.Name, used.Bytes);
            treatment = refusal.IsEmpty ? treatment : Treatment.Refuse;
        }

        return treatment;
    }

    private RewriteStep OnNamed(ReadOnlySpan<byte> message, int at, ref Splice splice)
    {
        var status = StatementNames.TryRead(message, out var names);
        if (status != ScanStatus.Taken)
        {
            return status == ScanStatus.NeedMore ? RewriteStep.NeedMore : RewriteStep.Malformed;
        }

        if (_ledger.IsDeaf)
        {
            return RewriteStep.Done;
        }

        switch (message[0])
        {
            case MessageType.Parse:
                return OnParse(message, names, at, ref splice);
            case MessageType.Close:
                return OnClose(message, names, at, ref splice);
            default:
                return OnUse(message, names, at, ref splice);
        }
    }

    /// <summary>PostgreSQL may refuse a Parse because the transaction has failed: then it must see one.</summary>
    private bool MayBeAborted => _state.Transaction == TransactionStatus.InFailedTransaction || _ledger.Outstanding > 0;

    private RewriteStep OnParse(ReadOnlySpan<byte> message, StatementNames names, int at, ref Splice splice)
    {
        var isWhole = message.Length >= names.TotalLength;
        if (!isWhole && names.TotalLength <= (names.IsUnnamed ? ClientStatements.UnnamedMax : GatheredMax))
        {
            return RewriteStep.NeedMore;
        }

        var body = isWhole ? message[names.End..names.TotalLength] : default;
        var taken = _books.Client.Find(names.Name);
        var known = taken.Statement ?? (isWhole && !names.IsUnnamed ? _books.Store.Find(body) : null);
        _isWaiting = _books.IsInDoubt(names.Name, known);
        if (_isWaiting)
        {
            return RewriteStep.Wait;
        }

        if (names.IsUnnamed)
        {
            return OnUnnamedParse(body, names, at, ref splice);
        }

        if (taken.Statement is not null)
        {
            // Sent under the name that it is taken by, so that PostgreSQL says what is wrong, the text or the name.
            return UseAs(Awaited.Parse, taken.Name!, taken.Statement, message, names, at, ref splice);
        }

        if (_books.Client.Count >= ClientStatements.NamesMax)
        {
            return isWhole ? Refuse(names, at, ref splice) : RewriteStep.Malformed;
        }

        var name = names.Name.ToArray();
        var statement = isWhole ? _books.Store.Acquire(body) : _books.Store.AcquireAlone(message[names.End..]);
        var prepared = PreparedStatement.Of(statement);
        _books.Client.Add(name, statement);
        if (_books.Server.Use(statement) && !MayBeAborted)
        {
            DescribeOrCloseMessage.WriteStatement(splice.InsertAt(at), MessageType.Close, StatementStore.NoSuchName);
            splice.SkipTo(at + names.TotalLength);
            _ledger.Expect(Awaited.Close, Treatment.ToParseComplete, new Effect(EffectKind.Named, prepared, name));
            return RewriteStep.Done;
        }

        var output = splice.InsertAt(at);
        if (_books.Server.Find(statement) is { } present)
        {
            _books.Evict(present, output);
        }

        _books.MakeRoomFor(output);
        names.WriteRenamed(output, message, prepared.Name);
        splice.SkipTo(at + names.End);
        _books.Server.Add(prepared);
        _ledger.Expect(Awaited.Parse, Treatment.Pass, new Effect(EffectKind.Prepared, prepared, name));
        if (!isWhole)
        {
            Gather(statement, names.TotalLength - FrameHeader.Size);
        }

        return RewriteStep.Done;
    }

    /// <param name="body">Behind the name; empty where it is not whole.</param>
    private RewriteStep OnUnnamedParse(ReadOnlySpan<byte> body, StatementNames names, int at, ref Splice splice)
    {
        if (_deallocation.TryParse(body, at, names.TotalLength, ref splice) is { } deallocated)
        {
            _isWaiting = deallocated == RewriteStep.Wait;
            return deallocated;
        }

        _books.Client.SetUnnamed(body.Length <= ClientStatements.UnnamedMax ? body : default);
        _books.Server.SetUnnamed(_books.Client);
        _ledger.Expect(Awaited.Parse, Treatment.Pass, new Effect(EffectKind.Unnamed, Version: _books.Client.UnnamedVersion));
        return RewriteStep.Done;
    }

    /// <summary>Bind, or Describe of a statement.</summary>
    private RewriteStep OnUse(ReadOnlySpan<byte> message, StatementNames names, int at, ref Splice splice)
    {
        var (name, found) = names.HasStatement ? _books.Client.Find(names.Name) : default;
        _isWaiting = names.HasStatement && _books.IsInDoubt(names.Name, found);
        if (_isWaiting)
        {
            return RewriteStep.Wait;
        }

        var kind = message[0] == MessageType.Bind ? Awaited.Bind : Awaited.Describe;
        if (!names.HasStatement)
        {
            _ledger.Expect(kind);
        }
        else if (names.IsUnnamed)
        {
            BringUnnamed(at, ref splice);
            _ledger.Expect(kind);
        }
        else if (found is not { } statement)
        {
            // PostgreSQL knows no statement of this name, unless it is one of ours.
            Rename(message, names, at, ref splice, StatementStore.IsReserved(names.Name) ? StatementStore.NoSuchName : default);
            _ledger.Expect(kind);
        }
        else
        {
            return UseAs(kind, name!, statement, message, names, at, ref splice);
        }

        return RewriteStep.Done;
    }

    private RewriteStep UseAs(
        Awaited kind, byte[] name, Statement statement, ReadOnlySpan<byte> message, StatementNames names, int at,
        ref Splice splice)
    {
        _traits.Add(statement.Hint);
        var output = splice.InsertAt(at);
        Bring(statement, output);
        names.WriteRenamed(output, message, statement.ServerName);
        splice.SkipTo(at + names.End);
        _ledger.Expect(kind, Treatment.Pass, new Effect(EffectKind.Used, PreparedStatement.Of(statement), name));
        return RewriteStep.Done;
    }

    private RewriteStep OnClose(ReadOnlySpan<byte> message, StatementNames names, int at, ref Splice splice)
    {
        var (name, statement) = names.HasStatement ? _books.Client.Find(names.Name) : default;
        _isWaiting = names.HasStatement && _books.IsInDoubt(names.Name, statement: null);
        if (_isWaiting)
        {
            return RewriteStep.Wait;
        }

        Effect? effect = null;
        if (names.HasStatement && names.IsUnnamed)
        {
            _books.ForgetUnnamed();
        }
        else if (names.HasStatement)
        {
            // The connection keeps the statement, for others: what is closed there is a name that is none.
            Rename(message, names, at, ref splice, StatementStore.NoSuchName);
            if (statement is not null)
            {
                _books.Client.Remove(name!);
                effect = new Effect(EffectKind.Closed, new PreparedStatement(statement, []), name);
            }
        }

        _ledger.Expect(Awaited.Close, Treatment.Pass, effect);
        return RewriteStep.Done;
    }

    private static void Rename(
        ReadOnlySpan<byte> message, StatementNames names, int at, ref Splice splice, ReadOnlySpan<byte> name)
    {
        if (!name.IsEmpty)
        {
            names.WriteRenamed(splice.InsertAt(at), message, name);
            splice.SkipTo(at + names.End);
        }
    }

    private RewriteStep Refuse(StatementNames names, int at, ref Splice splice)
    {
        DescribeOrCloseMessage.WriteStatement(splice.InsertAt(at), MessageType.Describe, StatementStore.NoSuchName);
        splice.SkipTo(at + names.TotalLength);
        _ledger.Expect(Awaited.Describe, Treatment.Refuse, new Effect(EffectKind.Refusal, default, StatementErrors.TooMany));
        return RewriteStep.Done;
    }

    /// <summary>Prepares the statement on the connection where that lacks it.</summary>
    private void Bring(Statement statement, FrameWriter output)
    {
        if (_books.Server.Use(statement) || statement.Body is null)
        {
            // One that was too long to be kept is missed by the server, in its own words.
            return;
        }

        if (_books.Server.Find(statement) is { } stale)
        {
            _books.Evict(stale, output);
        }

        _books.MakeRoomFor(output);
        var prepared = PreparedStatement.Of(statement);
        ParseMessage.Write(output, prepared.Name, statement.Body);
        _books.Server.Add(prepared);
        _ledger.Expect(Awaited.Parse, Treatment.Swallow, new Effect(EffectKind.Injected, prepared));
    }

    /// <summary>Makes the connection's unnamed statement the client's: nobody may run another client's.</summary>
    private void BringUnnamed(int at, ref Splice splice)
    {
        if (_books.Server.IsUnnamedOf(_books.Client))
        {
            return;
        }

        if (!_books.Client.Unnamed.IsEmpty)
        {
            ParseMessage.Write(splice.InsertAt(at), [], _books.Client.Unnamed);
            _books.Server.SetUnnamed(_books.Client);
            _ledger.Expect(Awaited.Parse, Treatment.Swallow, new Effect(EffectKind.Unnamed, Version: _books.Client.UnnamedVersion));
        }
        else if (!_books.Server.HasNoUnnamed)
        {
            DescribeOrCloseMessage.WriteStatement(splice.InsertAt(at), MessageType.Close, []);
            _books.Server.ForgetUnnamed();
            _ledger.Expect(Awaited.Close, Treatment.Swallow);
        }
    }

    private void Gather(Statement statement, int length)
    {
        if (length <= KeptMax)
        {
            _body = new byte[length];
            _bodyLength = 0;
            _bodyOf = statement;
        }
    }
}
