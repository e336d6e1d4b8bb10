using Router.Transport.Epoll;
using Router.Transport.Uring;

namespace Router.Transport.Tests;

public sealed class TransportFactoryTests
{
    [Fact]
    public async Task Auto_is_io_uring_where_that_works_and_else_epoll()
    {
        await using var transport = TransportFactory.Create(new TransportSettings());
        _ = UringProbe.Refusal() is null
            ? Assert.IsType<UringLoop>(transport.Loops[0])
            : (object)Assert.IsType<EpollLoop>(transport.Loops[0]);
    }

    [Fact]
    public void What_does_not_work_is_refused_with_a_reason_and_a_remedy()
    {
        Assert.Null(TransportFactory.Refusal(TransportKind.Epoll));
        Assert.Null(TransportFactory.Refusal(TransportKind.Auto));
        var refusal = TransportFactory.Refusal(TransportKind.IoUring);
        Assert.Equal(UringProbe.Refusal() is null, refusal is null);
        if (refusal is not null)
        {
            Assert.EndsWith("; use auto or epoll", refusal, StringComparison.Ordinal);
        }
    }
}
