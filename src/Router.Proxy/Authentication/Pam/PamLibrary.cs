using System.Runtime.InteropServices;

namespace Router.Proxy.Authentication.Pam;

/// <summary>Linux-PAM, as far as it is called here.</summary>
public static unsafe partial class PamLibrary
{
    public const string Name = "libpam.so.0";

    internal const int Success = 0;
    internal const int ConversationError = 19;

    /// <summary>Of a message: it asks for something that is not to be shown.</summary>
    internal const int PromptEchoOff = 1;
    internal const int ErrorMessage = 3;
    internal const int TextInformation = 4;

    internal const int RemoteHost = 4;
    internal const int FailDelay = 10;

    /// <summary>Nothing is printed by the modules.</summary>
    internal const int Silent = 0x8000;

    /// <summary>Why it cannot be used; null: it can.</summary>
    public static string? ProblemOf(string library)
    {
        if (!NativeLibrary.TryLoad(library, out var handle))
        {
            return $"pam needs {library}, which cannot be loaded; install it (Debian: libpam0g)";
        }

        NativeLibrary.Free(handle);
        return null;
    }

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int pam_start(string service, string user, Conversation* conversation, nint* handle);

    [LibraryImport(Name)]
    internal static partial int pam_end(nint handle, int status);

    [LibraryImport(Name)]
    internal static partial int pam_set_item(nint handle, int item, void* value);

    [LibraryImport(Name)]
    internal static partial int pam_authenticate(nint handle, int flags);

    [LibraryImport(Name)]
    internal static partial int pam_acct_mgmt(nint handle, int flags);

    [LibraryImport(Name)]
    internal static partial nint pam_strerror(nint handle, int error);

    [StructLayout(LayoutKind.Sequential)]
    internal struct Conversation
    {
        public delegate* unmanaged<int, Message**, Response**, void*, int> Function;
        public void* Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct Message
    {
        public readonly int Style;
        public readonly byte* Text;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Response
    {
        public byte* Text;
        public int Code;
    }
}
