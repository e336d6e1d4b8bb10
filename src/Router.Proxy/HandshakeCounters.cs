namespace Router.Proxy;

/// <summary>Counts the TLS handshakes of one leg, of all loops.</summary>
internal sealed class HandshakeCounters
{
    private long _succeeded;
    private long _failed;
    private long _ticks;

    public void Succeeded(TimeSpan time)
    {
        Interlocked.Increment(ref _succeeded);
        Interlocked.Add(ref _ticks, time.Ticks);
    }

    public void Failed() => Interlocked.Increment(ref _failed);

    public HandshakeTotals Totals() => new(
        Interlocked.Read(ref _succeeded), Interlocked.Read(ref _failed), TimeSpan.FromTicks(Interlocked.Read(ref _ticks)));
}
