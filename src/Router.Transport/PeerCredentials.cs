namespace Router.Transport;

/// <summary>Who is at the other end of a unix socket, by the kernel's word at the time it connected.</summary>
public readonly record struct PeerCredentials(int ProcessId, uint UserId, uint GroupId);
