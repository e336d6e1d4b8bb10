using Router.Cluster;
using Router.Protocol.Messages;

namespace Router.Proxy.Pooling;

/// <summary>A server's no to a login of ours, and until when it is the answer to every client (server_login_retry).</summary>
/// <param name="Profile">The startup parameters that it was tried with: they may be what was refused.</param>
/// <param name="Member">Who said so: another may say otherwise.</param>
/// <param name="Until">By the loop's clock.</param>
internal readonly record struct LoginRefusal(
    StartupProfile Profile, MemberName Member, ErrorResponse Error, long Until);
