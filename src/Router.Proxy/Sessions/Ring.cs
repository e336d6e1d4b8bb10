namespace Router.Proxy.Sessions;

/// <summary>A queue whose middle can be reached, in one array that grows, and shrinks again once it is empty.</summary>
internal struct Ring<T>
{
    private const int KeptMax = 256;

    private T[]? _items;
    private int _first;

    public int Count { get; private set; }

    public readonly ref T this[int index] => ref _items![(_first + index) & (_items.Length - 1)];

    public void Add(T item)
    {
        if (_items is null || Count == _items.Length)
        {
            Grow();
        }

        Count++;
        this[Count - 1] = item;
    }

    public T Take()
    {
        var item = this[0];
        this[0] = default!;
        _first = (_first + 1) & (_items!.Length - 1);
        if (--Count == 0 && _items.Length > KeptMax)
        {
            (_items, _first) = (null, 0);
        }

        return item;
    }

    public void RemoveAt(int index)
    {
        for (; index < Count - 1; index++)
        {
            this[index] = this[index + 1];
        }

        this[Count - 1] = default!;
        Count--;
    }

    private void Grow()
    {
        var items = new T[Math.Max(8, 2 * (_items?.Length ?? 0))];
        for (var index = 0; index < Count; index++)
        {
            items[index] = this[index];
        }

        (_items, _first) = (items, 0);
    }
}
