using Router.Protocol;

namespace Router.Proxy.Sessions;

/// <summary>
/// Counts the requests that PostgreSQL has been sent and has not answered with ReadyForQuery. Query, FunctionCall and
/// Sync are answered by one each, with the two exceptions of the protocol: during COPY FROM STDIN a Sync is ignored,
/// and after an error in the extended protocol everything up to the next Sync is.
/// </summary>
/// <remarks>
/// The kinds of the oldest 64 unanswered requests are kept as bits, later ones are only counted and taken for Syncs,
/// which is what a pipeline of that length consists of. Where a client mixes a Query into an extended run without a
/// Sync between them and the run fails, the count stays one too high until the session ends: the safe side, because
/// a session with a request in flight is told that the outcome is unknown.
/// </remarks>
internal struct RequestLedger
{
    private const int TrackedMax = 64;

    private ulong _syncs;
    private int _tracked;
    private int _untracked;
    private int _sentBeforeCopyEnd;
    private bool _isCopyEndSent;
    private bool _hasOpenRun;
    private bool _skipsToSync;
    private bool _isCopyingIn;

    /// <summary>ReadyForQuery messages still to come.</summary>
    public readonly int Outstanding => _tracked + _untracked;

    /// <summary>Some message reached the server whose ReadyForQuery has not come back.</summary>
    public readonly bool IsInFlight => Outstanding > 0 || _hasOpenRun || _isCopyingIn;

    /// <summary>What is in flight ends by itself: every message of it is sent, up to the one that ReadyForQuery answers.</summary>
    public readonly bool IsWhole => Outstanding > 0 && !_hasOpenRun && !_isCopyingIn;

    public void OnFrontend(byte type)
    {
        switch (type)
        {
            case MessageType.Query or MessageType.FunctionCall:
                OnQuery();
                break;
            case MessageType.Sync:
                OnSync();
                break;
            case MessageType.Parse or MessageType.Bind or MessageType.Describe or MessageType.Execute
                or MessageType.Close or MessageType.Flush:
                _hasOpenRun |= !_isCopyingIn;
                break;
            case MessageType.CopyDone or MessageType.CopyFail:
                OnCopyEnd();
                break;
            default:
                break;
        }
    }

    public void OnBackend(byte type)
    {
        switch (type)
        {
            case MessageType.ReadyForQuery:
                OnReady();
                break;
            case MessageType.ErrorResponse:
                OnError();
                break;
            case MessageType.CopyInResponse:
                OnCopyIn();
                break;
            default:
                break;
        }
    }

    private void OnQuery()
    {
        if (!_skipsToSync)
        {
            _hasOpenRun = false;
            Append(isSync: false);
        }
    }

    private void OnSync()
    {
        if (_isCopyingIn)
        {
            return;
        }

        _skipsToSync = false;
        _hasOpenRun = false;
        Append(isSync: true);
    }

    private void OnCopyEnd()
    {
        if (_isCopyingIn)
        {
            _isCopyingIn = false;
            _hasOpenRun |= Outstanding == 0;
            return;
        }

        // With nothing in flight it comes late, after a COPY that failed, and PostgreSQL ignores it. Otherwise it is ahead
        // of CopyInResponse, which will say that the Syncs before this point are to be skipped.
        (_isCopyEndSent, _sentBeforeCopyEnd) = (IsInFlight, Outstanding);
    }

    private void OnReady()
    {
        _isCopyingIn = false;
        if (Outstanding > 0)
        {
            RemoveAt(0);
        }

        _sentBeforeCopyEnd--;
        _isCopyEndSent &= _sentBeforeCopyEnd > 0;
    }

    private void OnError()
    {
        _hasOpenRun |= _isCopyingIn && Outstanding == 0;
        _isCopyingIn = false;
        _skipsToSync |= _hasOpenRun && Outstanding == 0;
    }

    /// <summary>PostgreSQL reads copy data from here on, and skips every Sync up to the end of it.</summary>
    private void OnCopyIn()
    {
        var isExtended = Outstanding == 0 || (_syncs & 1) != 0;
        var first = isExtended ? 0 : 1;
        for (var i = _isCopyEndSent ? _sentBeforeCopyEnd : Outstanding; i > first; i--)
        {
            RemoveAt(first);
        }

        _isCopyingIn = !_isCopyEndSent;
        _isCopyEndSent = false;
    }

    private void Append(bool isSync)
    {
        if (_tracked == TrackedMax)
        {
            _untracked++;
            return;
        }

        _syncs |= isSync ? 1UL << _tracked : 0;
        _tracked++;
    }

    private void RemoveAt(int index)
    {
        var below = (1UL << index) - 1;
        _syncs = (_syncs & below) | ((_syncs >> 1) & ~below);
        _tracked--;
        if (_untracked > 0)
        {
            _untracked--;
            Append(isSync: true);
        }
    }
}
