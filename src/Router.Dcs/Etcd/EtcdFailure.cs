using System.Security.Authentication;
using Grpc.Core;

namespace Router.Dcs.Etcd;

/// <summary>Why a call to etcd failed, and what that says about its effect.</summary>
internal sealed record EtcdFailure(EtcdFailureKind Kind, string Reason)
{
    /// <summary>Reads gRPC's error. The caller has asked before whether it was aborted itself.</summary>
    public static EtcdFailure From(RpcException error, EtcdEndpoint endpoint) =>
        new(KindOf(error), $"{endpoint}: {Describe(error)}");

    private static EtcdFailureKind KindOf(RpcException error)
    {
        var detail = error.Status.Detail;
        switch (error.StatusCode)
        {
            case StatusCode.Unauthenticated:
            case StatusCode.InvalidArgument when Says(detail, "user name is empty"):
            case StatusCode.InvalidArgument when Says(detail, "auth store is old"):
            case StatusCode.PermissionDenied when Says(detail, "auth token"):
                return EtcdFailureKind.Unauthenticated;
            case StatusCode.NotFound when Says(detail, "lease not found"):
                return EtcdFailureKind.LeaseNotFound;
            case StatusCode.InvalidArgument:
            case StatusCode.PermissionDenied:
            case StatusCode.FailedPrecondition:
            case StatusCode.NotFound:
                return EtcdFailureKind.Refused;
            default:
                return WasNeverSent(error) ? EtcdFailureKind.NotSent : EtcdFailureKind.MaybeSent;
        }
    }

    private static bool WasNeverSent(RpcException error)
    {
        for (var cause = error.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is EtcdConnectException or AuthenticationException
                or HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError })
            {
                return true;
            }
        }

        return false;
    }

    private static string Describe(RpcException error)
    {
        for (var cause = error.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is EtcdConnectException or AuthenticationException)
            {
                return cause.Message;
            }
        }

        return error.StatusCode == StatusCode.DeadlineExceeded
            ? "no answer within the deadline"
            : $"{error.Status.Detail} ({error.StatusCode})";
    }

    private static bool Says(string detail, string words) => detail.Contains(words, StringComparison.OrdinalIgnoreCase);
}
