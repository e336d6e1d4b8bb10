namespace Router.Transport.Uring;

/// <summary>
/// Who is behind the data of a completion. A place is given back when none of its operations is under way, so a
/// completion never reaches a later owner.
/// </summary>
internal sealed class UringRegistry
{
    private const int OperationBits = 8;

    private readonly Stack<int> _free = new();
    private IUringTarget?[] _targets = new IUringTarget?[64];
    // Data 0 belongs to operations whose outcome nobody wants to hear.
    private int _end = 1;

    /// <summary>Places taken.</summary>
    public int Count { get; private set; }

    public static ulong DataOf(int place, UringOperation operation) => ((ulong)place << OperationBits) | (uint)operation;

    public static UringOperation OperationOf(ulong data) => (UringOperation)(data & ((1 << OperationBits) - 1));

    public int Add(IUringTarget target)
    {
        Count++;
        var place = _free.TryPop(out var free) ? free : _end++;
        if (place >= _targets.Length)
        {
            Array.Resize(ref _targets, _targets.Length * 2);
        }

        _targets[place] = target;
        return place;
    }

    public void Remove(int place)
    {
        Count--;
        _targets[place] = null;
        _free.Push(place);
    }

    public IUringTarget? Find(ulong data) => _targets[(int)(data >> OperationBits)];
}
