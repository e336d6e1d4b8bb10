using System.Runtime.InteropServices;
using static Router.Proxy.Authentication.Pam.PamLibrary;

namespace Router.Proxy.Authentication.Pam;

/// <summary>
/// Asks PAM once whether a user with a password may come in, by the modules of one service. Blocks for as long as they like;
/// the delay that they want after a failure is handed on, not slept.
/// </summary>
/// <param name="password">Without a zero byte.</param>
/// <param name="remoteHost">For the modules; null: a local client.</param>
internal sealed unsafe class PamQuestion(string service, string user, byte[] password, string? remoteHost)
{
    private const int ResponsesMax = 32;

    private TimeSpan _delay;

    public PamAnswer Ask()
    {
        var self = GCHandle.Alloc(this);
        try
        {
            var conversation = new Conversation { Function = &Answer, Data = (void*)GCHandle.ToIntPtr(self) };
            nint handle;
            var status = pam_start(service, user, &conversation, &handle);
            if (status != Success)
            {
                return new PamAnswer($"pam_start: {Words(0, status)}", default);
            }

            var (call, failed) = Ask(handle);
            var problem = failed == Success ? null : $"{call}: {Words(handle, failed)}";
            _ = pam_end(handle, failed);
            return new PamAnswer(problem, problem is null ? default : _delay);
        }
        finally
        {
            self.Free();
        }
    }

    private (string Call, int Status) Ask(nint handle)
    {
        var status = pam_set_item(handle, FailDelay, (delegate* unmanaged<int, uint, void*, void>)&Delay);
        if (status == Success && remoteHost is not null)
        {
            var host = Marshal.StringToCoTaskMemUTF8(remoteHost);
            status = pam_set_item(handle, RemoteHost, (void*)host);
            Marshal.FreeCoTaskMem(host);
        }

        if (status != Success)
        {
            return ("pam_set_item", status);
        }

        status = pam_authenticate(handle, Silent);
        return status != Success ? ("pam_authenticate", status) : ("pam_acct_mgmt", pam_acct_mgmt(handle, Silent));
    }

    private static string Words(nint handle, int status) => Marshal.PtrToStringUTF8(pam_strerror(handle, status)) ?? "";

    /// <summary>Answers what the modules ask for with the password; PAM frees what it is given.</summary>
    [UnmanagedCallersOnly]
    private static int Answer(int count, Message** messages, Response** responses, void* data)
    {
        if (count is < 1 or > ResponsesMax)
        {
            return ConversationError;
        }

        for (var i = 0; i < count; i++)
        {
            if (messages[i]->Style is not (PromptEchoOff or ErrorMessage or TextInformation))
            {
                return ConversationError;
            }
        }

        var password = ((PamQuestion)GCHandle.FromIntPtr((nint)data).Target!).Password;
        *responses = (Response*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(Response));
        for (var i = 0; i < count; i++)
        {
            if (messages[i]->Style == PromptEchoOff)
            {
                var copy = (byte*)NativeMemory.AllocZeroed((nuint)password.Length + 1);
                password.CopyTo(new Span<byte>(copy, password.Length));
                (*responses)[i].Text = copy;
            }
        }

        return Success;
    }

    [UnmanagedCallersOnly]
    private static void Delay(int status, uint microseconds, void* data) =>
        ((PamQuestion)GCHandle.FromIntPtr((nint)data).Target!)._delay = TimeSpan.FromMicroseconds(microseconds);

    private byte[] Password => password;
}
