using Router.Transport.Loops;

namespace Router.Transport.Tls;

/// <summary>
/// TLS between a connection and its socket: owner of the OpenSSL session and of the ciphertext that waits on either side
/// of it. Everything above sees plain bytes.
/// </summary>
/// <remarks>
/// Bounds. Sealed holds what the socket did not take of one batch, since nothing is sealed while the socket is full.
/// Unopened holds what one receive brought beyond the room of its reader: about one record. OpenSSL holds a partial
/// record, and gives its buffers back between records.
/// </remarks>
internal sealed unsafe class TlsChannel
{
    /// <summary>Answers to the peer's own doing (alerts, key updates) that it may leave unread.</summary>
    private const int AnswersMax = 64 * 1024;

    private readonly StreamConnection _connection;
    private readonly TlsContext _context;
    private readonly TlsScratch _scratch;
    private ByteQueue _sealed;
    private ByteQueue _unopened;
    private nint _ssl;
    private bool _mayHavePlain;
    private bool _isEnded;
    private bool _hasSaidEnd;

    /// <param name="received">Ciphertext that is there already; it is taken over.</param>
    public TlsChannel(StreamConnection connection, TlsContext context, string? serverName, ref ByteQueue received)
    {
        _connection = connection;
        _context = context;
        _scratch = connection.OwnLoop.Tls;
        _sealed = new ByteQueue(connection.OwnLoop.Blocks);
        _unopened = received;
        received = new ByteQueue(connection.OwnLoop.Blocks);
        _ssl = context.NewSession(WireBio.Create(_scratch.Window), serverName);
    }

    /// <summary>Ciphertext to be sent; the socket has not taken it.</summary>
    public ref ByteQueue Sealed => ref _sealed;

    /// <summary>Ciphertext that nobody has wanted to read yet.</summary>
    public ref ByteQueue Unopened => ref _unopened;

    /// <summary>A receive may give something although the socket has nothing.</summary>
    public bool HasMore => _mayHavePlain || _isEnded || !_unopened.IsEmpty;

    private bool IsTls13 => _scratch.NameOf(OpenSsl.SSL_get_version(_ssl)) == "TLSv1.3";

    /// <summary>One step of the handshake: true when it is done, false when it waits for the socket.</summary>
    /// <exception cref="TlsHandshakeException">It failed; the peer has been told.</exception>
    public bool Handshake()
    {
        while (true)
        {
            var loaded = Load();
            OpenSsl.ERR_clear_error();
            var result = OpenSsl.SSL_do_handshake(_ssl);
            var error = result == 1 ? 0 : OpenSsl.SSL_get_error(_ssl, result);
            var why = error == OpenSsl.ErrorSsl ? DescribeHandshakeError() : null;
            Unload(loaded);
            SendOut();
            if (_connection.SendFailure is { } lost)
            {
                throw Failed(why ?? lost.Message);
            }

            switch (error)
            {
                case 0:
                    return true;
                case OpenSsl.ErrorWantRead when !_unopened.IsEmpty:
                case OpenSsl.ErrorWantWrite when _sealed.IsEmpty:
                    break;
                case OpenSsl.ErrorWantWrite:
                    return false;
                case OpenSsl.ErrorWantRead:
                    if (!ReceiveForHandshake())
                    {
                        return false;
                    }

                    break;
                default:
                    throw Failed(why ?? "the peer ended it");
            }
        }
    }

    /// <summary>What both sides agreed on; after the handshake.</summary>
    public TlsFacts ReadFacts()
    {
        byte* alpn;
        uint alpnLength;
        OpenSsl.SSL_get0_alpn_selected(_ssl, &alpn, &alpnLength);
        return new TlsFacts(
            _scratch.NameOf(OpenSsl.SSL_get_version(_ssl)),
            _scratch.NameOf(OpenSsl.SSL_CIPHER_get_name(OpenSsl.SSL_get_current_cipher(_ssl))),
            HasAlpn: alpnLength > 0,
            ReadPeerCertificate(),
            _context.Certificate);
    }

    /// <summary>Plain bytes, as many as are there and fit.</summary>
    public ReceiveStatus Receive(Span<byte> target, out int count)
    {
        count = 0;
        while (count == 0 && !_isEnded && _connection.ReceiveFailure is null)
        {
            var loaded = 0;
            if (_mayHavePlain || !_unopened.IsEmpty)
            {
                loaded = Load();
            }
            else
            {
                var status = _connection.ReceiveWire(_scratch.Room(target.Length), out var received);
                if (status != ReceiveStatus.Received)
                {
                    return status == ReceiveStatus.Ended ? Truncated() : status;
                }

                _scratch.Filled(received);
            }

            count = Open(target);
            Unload(loaded);
            SendAnswers();
        }

        return count > 0 ? ReceiveStatus.Received
            : _connection.ReceiveFailure is not null ? ReceiveStatus.Failed
            : ReceiveStatus.Ended;
    }

    /// <summary>Seals and sends while the socket takes it; says how many plain bytes are sealed.</summary>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (SendSealed() && taken < bytes.Length)
        {
            taken += Seal(bytes[taken..]);
            SendOut();
        }

        return taken;
    }

    /// <summary>The same for held bytes: what lies in several blocks leaves in one call.</summary>
    public void SendHeld(ref ByteQueue plain)
    {
        while (SendSealed() && !plain.IsEmpty)
        {
            while (!plain.IsEmpty && _scratch.HasRoom && _connection.SendFailure is null)
            {
                plain.Consume(Seal(plain.First.Span));
            }

            SendOut();
        }
    }

    /// <summary>Tells the peer that nothing follows, once; so that it can tell the end from a cut.</summary>
    public void SayEnd()
    {
        if (!_hasSaidEnd && _ssl != 0)
        {
            _hasSaidEnd = true;
            _ = OpenSsl.SSL_shutdown(_ssl);
            OpenSsl.ERR_clear_error();
            SendOut();
        }
    }

    /// <summary>Gives everything back; nothing may be called after it.</summary>
    public void Free(bool isSealedBorrowed)
    {
        OpenSsl.SSL_free(_ssl);
        _ssl = 0;
        _sealed.Clear(isSealedBorrowed);
        _unopened.Clear();
        _mayHavePlain = false;
        GC.KeepAlive(_context);
    }

    /// <summary>Shows OpenSSL what waits unopened; says how much that is.</summary>
    private int Load()
    {
        var count = _unopened.IsEmpty ? 0 : _unopened.CopyTo(_scratch.Room(int.MaxValue));
        _scratch.Filled(count);
        return count;
    }

    /// <summary>Keeps what OpenSSL has not read.</summary>
    private void Unload(int loaded)
    {
        if (loaded > 0)
        {
            _unopened.Consume(loaded - _scratch.In.Length);
        }
        else
        {
            _unopened.Append(_scratch.In);
        }

        _scratch.Filled(0);
    }

    private int Open(Span<byte> target)
    {
        var count = 0;
        fixed (byte* start = target)
        {
            while (count < target.Length)
            {
                OpenSsl.ERR_clear_error();
                var got = OpenSsl.SSL_read(_ssl, start + count, target.Length - count);
                if (got <= 0)
                {
                    _mayHavePlain = false;
                    Judge(OpenSsl.SSL_get_error(_ssl, got));
                    return count;
                }

                count += got;
                if (_scratch.Window->InLength == 0 && OpenSsl.SSL_pending(_ssl) == 0)
                {
                    _mayHavePlain = false;
                    return count;
                }
            }
        }

        _mayHavePlain = true;
        return count;
    }

    /// <summary>Why a read gave nothing.</summary>
    private void Judge(int error)
    {
        switch (error)
        {
            case OpenSsl.ErrorWantRead:
                break;
            case OpenSsl.ErrorZeroReturn:
                _isEnded = true;
                break;
            case OpenSsl.ErrorSsl:
                _connection.FailReceive($"TLS: {OpenSsl.TakeError()}");
                break;
            default:
                _connection.FailReceive("TLS: the session is broken");
                break;
        }
    }

    private int Seal(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        fixed (byte* start = bytes)
        {
            while (taken < bytes.Length && _scratch.HasRoom)
            {
                OpenSsl.ERR_clear_error();
                var part = Math.Min(bytes.Length - taken, TlsScratch.RecordMax);
                var wrote = OpenSsl.SSL_write(_ssl, start + taken, part);
                if (wrote <= 0)
                {
                    _connection.FailSend($"TLS: {OpenSsl.TakeError()}");
                    break;
                }

                taken += wrote;
            }
        }

        return taken;
    }

    /// <summary>Sends what was sealed before; true when the socket may take more.</summary>
    private bool SendSealed()
    {
        while (!_sealed.IsEmpty && _connection.IsWritable && _connection.SendFailure is null)
        {
            _sealed.Consume(_connection.SendWire(_sealed.First.Span));
        }

        return _sealed.IsEmpty && _connection.IsWritable && _connection.SendFailure is null;
    }

    /// <summary>Sends what OpenSSL has put out, and keeps what the socket does not take.</summary>
    private void SendOut()
    {
        var bytes = _scratch.Out;
        var sent = _sealed.IsEmpty ? _connection.SendWire(bytes) : 0;
        if (sent < bytes.Length && _connection.SendFailure is null)
        {
            _sealed.Append(bytes[sent..]);
            _connection.ArmWrite();
        }

        _scratch.Window->OutLength = 0;
    }

    /// <summary>
    /// Sends what reading made OpenSSL say. Up to TLS 1.2 that is the refusal of a renegotiation, which nobody asks for
    /// in good faith; later a few words that a peer must read.
    /// </summary>
    private void SendAnswers()
    {
        if (_scratch.Out.IsEmpty)
        {
            return;
        }

        SendOut();
        if (_connection.ReceiveFailure is null && (_sealed.Length > AnswersMax || !IsTls13))
        {
            _connection.FailReceive("TLS: the peer asked for a renegotiation, or reads no answer");
        }
    }

    private ReceiveStatus Truncated()
    {
        _connection.FailReceive("TLS: the peer closed the connection without close_notify, so that its end may be missing");
        return ReceiveStatus.Failed;
    }

    /// <summary>True when something arrived.</summary>
    private bool ReceiveForHandshake()
    {
        var status = _connection.ReceiveWire(_scratch.Room(plainMax: 0), out var received);
        switch (status)
        {
            case ReceiveStatus.Received:
                _scratch.Filled(received);
                Unload(loaded: 0);
                return true;
            case ReceiveStatus.Empty:
                return false;
            case ReceiveStatus.Ended:
                throw Failed("the peer closed the connection");
            default:
                throw Failed(_connection.ReceiveFailure!.Message);
        }
    }

    private string DescribeHandshakeError()
    {
        var reason = OpenSsl.TakeError();
        var verdict = OpenSsl.SSL_get_verify_result(_ssl);
        return verdict == 0 ? reason : $"{reason}: {OpenSsl.Text(OpenSsl.X509_verify_cert_error_string(verdict))}";
    }

    private TlsHandshakeException Failed(string reason)
    {
        _connection.FailReceive($"TLS handshake: {reason}");
        return new TlsHandshakeException(_connection.ReceiveFailure!.Message, reason);
    }

    private ReadOnlyMemory<byte> ReadPeerCertificate()
    {
        var certificate = OpenSsl.SSL_get1_peer_certificate(_ssl);
        return certificate == 0 ? default : TlsContext.TakeDer(certificate);
    }
}
