namespace Router.Transport.Loops;

/// <summary>
/// A binary heap of timers by due time, then by the order in which they were set. Each timer knows its place, so that a
/// cancelled one leaves at once: most timers are deadlines that never fire.
/// </summary>
internal sealed class TimerQueue
{
    private readonly List<LoopTimer> _heap = [];
    private long _sequence;

    public int Count => _heap.Count;

    /// <summary>The next due time, or <see cref="long.MaxValue"/>.</summary>
    public long NextDue => _heap.Count == 0 ? long.MaxValue : _heap[0].Due;

    public void Add(LoopTimer timer, long due)
    {
        timer.Due = due;
        timer.Sequence = _sequence++;
        _heap.Add(timer);
        MoveUp(_heap.Count - 1, timer);
    }

    public void Remove(LoopTimer timer)
    {
        var hole = timer.Index;
        if (hole < 0)
        {
            return;
        }

        timer.Index = -1;
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last == timer)
        {
            return;
        }

        MoveDown(hole, last);
        MoveUp(last.Index, last);
    }

    /// <summary>
    /// Takes the first timer that is due at <paramref name="now"/> and was set before <paramref name="sequenceEnd"/>
    /// (a timer that sets itself again waits for the next turn).
    /// </summary>
    public bool TryTake(long now, long sequenceEnd, out LoopTimer timer)
    {
        timer = null!;
        if (_heap.Count == 0 || _heap[0].Due > now || _heap[0].Sequence >= sequenceEnd)
        {
            return false;
        }

        timer = _heap[0];
        Remove(timer);
        return true;
    }

    /// <summary>Timers set from now on have this sequence or a higher one.</summary>
    public long SequenceEnd => _sequence;

    private static bool IsBefore(LoopTimer left, LoopTimer right) =>
        left.Due < right.Due || (left.Due == right.Due && left.Sequence < right.Sequence);

    private void MoveUp(int index, LoopTimer timer)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!IsBefore(timer, _heap[parent]))
            {
                break;
            }

            Place(index, _heap[parent]);
            index = parent;
        }

        Place(index, timer);
    }

    private void MoveDown(int index, LoopTimer timer)
    {
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= _heap.Count)
            {
                break;
            }

            if (child + 1 < _heap.Count && IsBefore(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsBefore(_heap[child], timer))
            {
                break;
            }

            Place(index, _heap[child]);
            index = child;
        }

        Place(index, timer);
    }

    private void Place(int index, LoopTimer timer)
    {
        _heap[index] = timer;
        timer.Index = index;
    }
}
