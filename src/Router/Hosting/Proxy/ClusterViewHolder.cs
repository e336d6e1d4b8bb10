using Router.Cluster;

namespace Router.Hosting.Proxy;

/// <summary>The newest view, for those beside the tracker who look members up.</summary>
internal sealed class ClusterViewHolder
{
    private volatile ClusterView? _current;
    private volatile Action<ClusterView>? _show;

    public ClusterView? Current => _current;

    /// <summary>Called for each view from now on, and for the present one.</summary>
    public void ShowTo(Action<ClusterView> show)
    {
        _show = show;
        if (_current is { } view)
        {
            show(view);
        }
    }

    public void Update(ClusterView view)
    {
        _current = view;
        _show?.Invoke(view);
    }
}
