namespace Router.Transport.Epoll;

/// <summary>Who gets the events of a registered descriptor: a connection, a connect under way, a listener.</summary>
internal interface IEpollTarget
{
    void OnEvents(int events);
}
