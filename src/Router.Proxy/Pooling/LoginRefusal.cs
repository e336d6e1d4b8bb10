using Router.Protocol.Messages;

namespace Router.Proxy.Pooling;

/// <summary>A server's no to a login of ours, and until when it is the answer to every client (server_login_retry).</summary>
/// <param name="Until">By the loop's clock.</param>
internal readonly record struct LoginRefusal(ErrorResponse Error, long Until);
