namespace Router.Transport.Loops;

/// <summary>
/// Free blocks of one loop. What is free beyond <see cref="RetainedMax"/> goes to the garbage collector; how many are in
/// use is bounded by what the connections may hold. Blocks are pinned: the system may send from one after the call.
/// </summary>
internal sealed class BlockPool
{
    /// <summary>A TLS record, and room for a login or a short batch.</summary>
    public const int BlockBytes = 16 * 1024;

    private const int RetainedMax = 64;

    private readonly Stack<Block> _free = new(RetainedMax);

    /// <summary>Blocks taken and not given back.</summary>
    public int InUse { get; private set; }

    public Block Take(int bytesMin)
    {
        InUse++;
        if (bytesMin > BlockBytes)
        {
            return new Block(GC.AllocateUninitializedArray<byte>(bytesMin, pinned: true));
        }

        return _free.TryPop(out var block) ? block : new Block(GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true));
    }

    public void Return(Block block)
    {
        InUse--;
        block.Clear();
        if (block.Array.Length == BlockBytes && _free.Count < RetainedMax)
        {
            _free.Push(block);
        }
    }

    /// <summary>Gives up a block that the system may still be reading.</summary>
    public void Drop() => InUse--;
}
