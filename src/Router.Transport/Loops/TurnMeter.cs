namespace Router.Transport.Loops;

/// <summary>Bytes that a connection moved in the present turn of its loop.</summary>
internal struct TurnMeter
{
    private long _turn;
    private int _bytes;

    public readonly int Moved(Loop loop) => _turn == loop.Turn ? _bytes : 0;

    public void Count(Loop loop, int bytes)
    {
        _bytes = Moved(loop) + bytes;
        _turn = loop.Turn;
    }
}
