using Router.Transport.Uring;

namespace Router.Transport.Tests.Uring;

public sealed class UringRegistryTests
{
    [Fact]
    public void Place_is_taken_again_only_after_it_was_given_back()
    {
        var registry = new UringRegistry();
        var (first, second) = (new Target(), new Target());
        var place = registry.Add(first);
        Assert.NotEqual(place, registry.Add(second));
        registry.Remove(place);
        Assert.Null(registry.Find(UringRegistry.DataOf(place, UringOperation.Receive)));
        Assert.Equal(place, registry.Add(second));
        Assert.Same(second, registry.Find(UringRegistry.DataOf(place, UringOperation.Send)));
        Assert.Equal(2, registry.Count);
    }

    [Fact]
    public void Data_tells_target_and_operation_and_is_never_that_of_the_unheard()
    {
        var registry = new UringRegistry();
        var targets = Enumerable.Range(0, 1_000).Select(_ => new Target()).ToArray();
        var places = targets.Select(registry.Add).ToArray();
        foreach (var operation in Enum.GetValues<UringOperation>())
        {
            var data = places.Select(place => UringRegistry.DataOf(place, operation)).ToArray();
            Assert.DoesNotContain(0ul, data);
            Assert.Equal(targets, data.Select(registry.Find));
            Assert.All(data, one => Assert.Equal(operation, UringRegistry.OperationOf(one)));
        }

        Assert.Null(registry.Find(0));
    }

    private sealed class Target : IUringTarget
    {
        public void OnCompleted(UringOperation operation, int result, uint flags)
        {
            // Only its identity matters.
        }
    }
}
