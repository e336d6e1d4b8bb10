using Router.Transport.Epoll;

namespace Router.Transport.Tests.Epoll;

public sealed class EpollRegistryTests
{
    [Fact]
    public void Event_of_a_descriptors_former_life_reaches_nobody()
    {
        var registry = new EpollRegistry();
        var first = new Target();
        var second = new Target();
        var former = registry.Add(7, first);
        Assert.Same(first, registry.Find(former));
        registry.Remove(7);
        Assert.Null(registry.Find(former));
        var latter = registry.Add(7, second);
        Assert.Null(registry.Find(former));
        Assert.Same(second, registry.Find(latter));
    }

    [Fact]
    public void Descriptors_of_any_size_have_their_place()
    {
        var registry = new EpollRegistry();
        var targets = Enumerable.Range(0, 1_000).Select(_ => new Target()).ToArray();
        var data = targets.Select((target, index) => registry.Add(index * 17, target)).ToArray();
        Assert.Equal(targets, data.Select(registry.Find));
        Assert.DoesNotContain(0ul, data);
    }

    private sealed class Target : IEpollTarget
    {
        public void OnEvents(int events)
        {
            // Only its identity matters.
        }
    }
}
