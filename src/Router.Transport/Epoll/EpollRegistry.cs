namespace Router.Transport.Epoll;

/// <summary>
/// Who is behind a descriptor. The kernel may reuse a descriptor while events of its former life are still in the batch,
/// so an event carries descriptor and generation, and one of an older generation has no target.
/// </summary>
internal sealed class EpollRegistry
{
    private IEpollTarget?[] _targets = new IEpollTarget?[64];
    private uint[] _generations = new uint[64];

    /// <summary>Takes <paramref name="target"/> in; the answer is the data to register with the kernel.</summary>
    public ulong Add(int descriptor, IEpollTarget target)
    {
        if (descriptor >= _targets.Length)
        {
            var length = Math.Max(descriptor + 1, _targets.Length * 2);
            Array.Resize(ref _targets, length);
            Array.Resize(ref _generations, length);
        }

        _targets[descriptor] = target;
        return ((ulong)++_generations[descriptor] << 32) | (uint)descriptor;
    }

    public void Remove(int descriptor) => _targets[descriptor] = null;

    public IEpollTarget? Find(ulong data)
    {
        var descriptor = (int)(data & 0xffffffff);
        return descriptor < _targets.Length && _generations[descriptor] == (uint)(data >> 32) ? _targets[descriptor] : null;
    }
}
