using System.Text;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Manners;
using Router.Proxy.Peers;
using Router.Proxy.Pooling;
using Router.Proxy.Sessions;
using Router.Transport;

namespace Router.Proxy.Console;

/// <summary>
/// One client of the console, from its login on: simple and extended protocol, so that every driver can use it. A failed
/// command ends nothing but itself.
/// </summary>
/// <param name="fact">What the console tells of the client itself, but for its pool.</param>
internal sealed class ConsoleSession(IConnection client, AdminConsole console, ConsoleRights rights, ConnectionFact fact)
{
    private readonly FrameWriter _writer = new(1024);
    private readonly Dictionary<string, string> _statements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConsolePortal> _portals = new(StringComparer.Ordinal);
    private bool _isSkipping;

    /// <summary>Serves a client that has been let in, to its end; returns the last words where it sent what no client may send.</summary>
    /// <exception cref="TransportException">The connection failed.</exception>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    public static async Task<ErrorResponse?> RunAsync(
        IConnection client, SessionServices services, Admission.ToConsole admission, CancellationToken cut)
    {
        var now = services.Time.GetUtcNow();
        var startup = admission.Startup;
        var fact = new ConnectionFact(services.Counters.NextConnectionId(), default, "active")
        {
            User = startup.User,
            Peer = client.RemoteEndPoint,
            Local = client.LocalEndPoint,
            ConnectedAt = now,
            RequestedAt = now,
            ApplicationName = startup.Find("application_name") ?? "",
        };
        try
        {
            await new ConsoleSession(client, services.Console, admission.Rights, fact)
                .RunAsync(VirtualKey.Make(startup.Version, peerId: 0), cut);
            return null;
        }
        catch (InvalidDataException malformed)
        {
            return Refusals.In(
                services.Options.Now.Personality,
                ErrorResponse.Fatal(SqlState.ProtocolViolation, $"the client sent {malformed.Message}"));
        }
    }

    /// <exception cref="TransportException">The connection failed.</exception>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    /// <exception cref="InvalidDataException">The client sent what no client may send.</exception>
    public async Task RunAsync(BackendKeyData key, CancellationToken cut)
    {
        Greet(key);
        await SendAsync(cut);
        console.Clients.Enter(this, rights);
        try
        {
            await ServeAsync(cut);
        }
        finally
        {
            console.OnLeft(this);
        }
    }

    /// <summary>From any thread.</summary>
    public ConnectionFact Look(PoolKey key) => fact with { Key = key };

    private async Task ServeAsync(CancellationToken cut)
    {
        while (await MessageReader.ReadAsync(client, FrameSide.Frontend, cut) is { Type: not MessageType.Terminate } message)
        {
            if (!_isSkipping || message.Type == MessageType.Sync)
            {
                await AnswerAsync(message, cut);
            }

            await SendAsync(cut);
        }
    }

    private void Greet(BackendKeyData key)
    {
        AuthenticationRequest.Write(_writer, AuthenticationKind.Ok);
        foreach (var (name, value) in new[]
        {
            ("server_version", AdminConsole.CompatibleVersion + "/bouncer"), ("client_encoding", "UTF8"),
            ("server_encoding", "UTF8"), ("DateStyle", "ISO"), ("TimeZone", "GMT"), ("standard_conforming_strings", "on"),
            ("is_superuser", "on"), ("integer_datetimes", "on"),
        })
        {
            new ParameterStatus(name, value).Write(_writer);
        }

        key.Write(_writer);
        Ready();
    }

    private async Task AnswerAsync(WholeMessage message, CancellationToken cut)
    {
        switch (message.Type)
        {
            case MessageType.Query:
                var query = Query.Parse(message.Body) ?? throw new InvalidDataException("a Query without its end");
                WriteAnswer(await RunAsync(query.Sql, cut), [], hasDescription: true);
                _isSkipping = false;
                Ready();
                break;
            case MessageType.Parse when ParseMessage.TryRead(message.Body, out var parse):
                _statements[Encoding.UTF8.GetString(parse.Statement)] = Encoding.UTF8.GetString(parse.Query);
                _writer.Bytes(BodilessMessage.ParseComplete);
                break;
            case MessageType.Bind:
                Bind(message.Body);
                break;
            case MessageType.Describe or MessageType.Close when DescribeOrCloseMessage.TryRead(message.Body, out var named):
                await DescribeOrCloseAsync(message.Type, named.IsStatement, Encoding.UTF8.GetString(named.Name), cut);
                break;
            case MessageType.Execute when ExecuteMessage.TryRead(message.Body, out var execute):
                await ExecuteAsync(Encoding.UTF8.GetString(execute.Portal), cut);
                break;
            case MessageType.Sync:
                _isSkipping = false;
                Ready();
                break;
            case MessageType.Flush:
                break;
            default:
                throw new InvalidDataException($"a message of type 0x{message.Type:x2} that the console does not know");
        }
    }

    private void Bind(byte[] body)
    {
        if (ConsolePortal.Read(body) is not { } bind)
        {
            Fail(SqlState.FeatureNotSupported, "the console takes no parameters");
        }
        else if (!_statements.TryGetValue(bind.Statement, out var sql))
        {
            Fail(SqlState.InvalidStatementName, $"prepared statement \"{bind.Statement}\" does not exist");
        }
        else
        {
            _portals[bind.Name] = bind with { Sql = sql };
            _writer.Bytes(BodilessMessage.BindComplete);
        }
    }

    private async Task DescribeOrCloseAsync(byte type, bool isStatement, string name, CancellationToken cut)
    {
        if (type == MessageType.Close)
        {
            _ = isStatement ? _statements.Remove(name) : _portals.Remove(name);
            _writer.Bytes(BodilessMessage.CloseComplete);
            return;
        }

        var portal = isStatement ? null : _portals.GetValueOrDefault(name);
        if ((isStatement ? _statements.GetValueOrDefault(name) : portal?.Sql) is not { } sql)
        {
            Fail(
                isStatement ? SqlState.InvalidStatementName : SqlState.InvalidCursorName,
                $"{(isStatement ? "prepared statement" : "portal")} \"{name}\" does not exist");
            return;
        }

        var answer = await AdvanceAsync(portal, sql, cut);
        if (isStatement)
        {
            new ParameterDescription([]).Write(_writer);
        }

        if (answer?.Table is { } table)
        {
            ConsoleEncoding.WriteDescription(_writer, table, portal?.Formats ?? []);
        }
        else
        {
            _writer.Bytes(BodilessMessage.NoData);
        }
    }

    /// <summary>
    /// The answer that tells the columns. Only SHOW has columns, and looking changes nothing; other commands run when they
    /// are executed. A portal keeps its answer for that.
    /// </summary>
    private async Task<ConsoleAnswer?> AdvanceAsync(ConsolePortal? portal, string sql, CancellationToken cut)
    {
        if (ConsoleCommand.Parse(sql) is not { Verb: "SHOW" })
        {
            return null;
        }

        var answer = await RunAsync(sql, cut);
        if (portal is not null)
        {
            _portals[portal.Name] = portal with { Answer = answer };
        }

        return answer;
    }

    private async Task ExecuteAsync(string name, CancellationToken cut)
    {
        if (_portals.GetValueOrDefault(name) is not { } portal)
        {
            Fail(SqlState.InvalidCursorName, $"portal \"{name}\" does not exist");
            return;
        }

        WriteAnswer(portal.Answer ?? await RunAsync(portal.Sql, cut), portal.Formats, hasDescription: false);
    }

    private void WriteAnswer(ConsoleAnswer answer, IReadOnlyList<short> formats, bool hasDescription)
    {
        if (answer.Error is { } error)
        {
            Write(error);
            return;
        }

        if (answer.Notice is { } notice)
        {
            NoticeResponse.Write(_writer, notice);
        }

        if (answer.Table is { } table)
        {
            if (hasDescription)
            {
                ConsoleEncoding.WriteDescription(_writer, table, formats);
            }

            foreach (var row in table.Rows)
            {
                ConsoleEncoding.WriteRow(_writer, table, row, formats);
            }
        }

        if (answer.Tag.Length > 0)
        {
            new CommandComplete(answer.Tag).Write(_writer);
        }
        else
        {
            _writer.Bytes(BodilessMessage.EmptyQueryResponse);
        }
    }

    private void Fail(string code, string message) => Write(new ErrorResponse(ErrorSeverity.Error, code, message));

    private void Write(ErrorResponse error)
    {
        var isTerse = console.Personality == Personality.PgBouncer;
        var code = isTerse && error.Code != SqlState.ConfigFileError ? SqlState.ProtocolViolation : error.Code;
        (error with { Code = code, IsTerse = isTerse }).Write(_writer);
        _isSkipping = true;
    }

    /// <summary>An order may take long; who leaves meanwhile does not wait for it.</summary>
    private async Task<ConsoleAnswer> RunAsync(string sql, CancellationToken cut)
    {
        using var watch = new LeaveWatch(client, cut);
        try
        {
            return await console.RunAsync(sql, rights, watch.Left);
        }
        catch (OperationCanceledException) when (!cut.IsCancellationRequested)
        {
            throw new TransportException("the client left while its command ran");
        }
    }

    private void Ready() => new ReadyForQuery(TransactionStatus.Idle).Write(_writer);

    private async Task SendAsync(CancellationToken cut)
    {
        if (_writer.Written.Length > 0)
        {
            await client.Output.WriteAsync(_writer.Written, cut);
            _writer.Clear();
        }
    }
}
