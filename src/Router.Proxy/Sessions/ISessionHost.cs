namespace Router.Proxy.Sessions;

/// <summary>What a pooled session may ask of the session that it is the greater part of; on the loop of its connection.</summary>
internal interface ISessionHost
{
    /// <summary>Ends the session, whatever it is doing; the first reason stays.</summary>
    void Cut(CutReason reason);

    /// <summary>It rested, and there is something to do: <see cref="PooledSession.GoOnAsync"/> is to be run.</summary>
    void GoOn();
}
