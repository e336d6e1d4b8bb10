using Router.Protocol.Messages;
using Router.Proxy.Backends;

namespace Router.Proxy.Listening;

/// <summary>A client that has a backend of its own for good, and its pid and key.</summary>
internal sealed class OwnBackend(BackendKeyData key, CancelAddress address) : ICancelTarget
{
    private readonly Task<CancelAim?> _aim = Task.FromResult<CancelAim?>(new CancelAim(address, key, null));

    public Task<CancelAim?> AimAsync() => _aim;

    public void OnCancelEnded(CancelAim aim)
    {
        // Nobody else can be hit.
    }
}
