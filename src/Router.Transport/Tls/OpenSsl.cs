using System.Runtime.InteropServices;

namespace Router.Transport.Tls;

/// <summary>
/// The calls of OpenSSL 3 that TLS needs, under OpenSSL's own names. Handles are bare pointers; each has one owner, who
/// frees it.
/// </summary>
internal static unsafe partial class OpenSsl
{
    public const int ErrorSsl = 1;
    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorZeroReturn = 6;

    public const ulong OpNoTicket = 1UL << 14;
    public const ulong OpNoCompression = 1UL << 17;
    public const ulong OpCipherServerPreference = 1UL << 22;
    public const ulong OpNoTls10 = 1UL << 26;
    public const ulong OpNoTls12 = 1UL << 27;
    public const ulong OpNoTls11 = 1UL << 28;
    public const ulong OpNoTls13 = 1UL << 29;
    public const ulong OpNoRenegotiation = 1UL << 30;

    public const int VerifyNone = 0;
    public const int VerifyPeer = 1;
    public const int VerifyFailIfNoPeerCertificate = 2;

    public const int ControlMode = 33;
    public const int ControlSessionCacheMode = 44;
    public const int ControlHostName = 55;
    public const int ControlChainCertificate = 89;
    public const int ControlGroupsList = 92;
    public const int ControlDhAuto = 118;
    public const int ControlMinProtocol = 123;

    public const long ModeAcceptMovingWriteBuffer = 0x2;
    public const long ModeReleaseBuffers = 0x10;

    public const int AlpnOk = 0;
    public const int AlpnAlertFatal = 2;

    public const int BioRead = 0x1;
    public const int BioWrite = 0x2;
    public const int BioShouldRetry = 0x8;
    public const int BioFlagsOfRetry = 0xf;
    public const int BioControlFlush = 11;
    public const int BioSourceSink = 0x0400;

    public const uint HostNoPartialWildcards = 0x4;

    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    /// <summary>Whether this machine has OpenSSL 3.</summary>
    public static bool IsAvailable => NativeLibrary.TryLoad(Ssl, typeof(OpenSsl).Assembly, null, out _);

    /// <summary>Takes the last, outermost error of the calling thread, in words; clears the rest.</summary>
    public static string TakeError()
    {
        var code = ERR_peek_last_error();
        ERR_clear_error();
        return code.Value == 0 ? "unknown error" : Text(ERR_reason_error_string(code)) ?? $"error {code.Value:X8}";
    }

    public static string? Text(nint utf8) => Marshal.PtrToStringUTF8(utf8);

    [LibraryImport(Ssl)]
    internal static partial nint TLS_method();

    [LibraryImport(Ssl)]
    internal static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    internal static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_CTX_ctrl(SslContextHandle context, int command, nint number, nint pointer);

    [LibraryImport(Ssl)]
    internal static partial ulong SSL_CTX_set_options(SslContextHandle context, ulong options);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_set_num_tickets(SslContextHandle context, nuint count);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_cipher_list(SslContextHandle context, string ciphers);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_ciphersuites(SslContextHandle context, string suites);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_use_certificate(SslContextHandle context, nint certificate);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_use_PrivateKey(SslContextHandle context, nint key);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_check_private_key(SslContextHandle context);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_CTX_get_cert_store(SslContextHandle context);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_set_default_verify_paths(SslContextHandle context);

    [LibraryImport(Ssl)]
    internal static partial void SSL_CTX_set_verify(SslContextHandle context, int mode, nint callback);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_add_client_CA(SslContextHandle context, nint certificate);

    [LibraryImport(Ssl)]
    internal static partial int SSL_CTX_set_alpn_protos(SslContextHandle context, byte* protocols, uint length);

    [LibraryImport(Ssl)]
    internal static partial void SSL_CTX_set_alpn_select_cb(
        SslContextHandle context, delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, byte*, int> select, byte* state);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_new(SslContextHandle context);

    [LibraryImport(Ssl)]
    internal static partial void SSL_free(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial void SSL_set_bio(nint ssl, nint reading, nint writing);

    [LibraryImport(Ssl)]
    internal static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial int SSL_read(nint ssl, byte* target, int length);

    [LibraryImport(Ssl)]
    internal static partial int SSL_write(nint ssl, byte* source, int length);

    [LibraryImport(Ssl)]
    internal static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    internal static partial int SSL_pending(nint ssl);

    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    internal static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint SSL_ctrl(nint ssl, int command, nint number, string text);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_get0_param(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_get_version(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_get_current_cipher(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_CIPHER_get_name(nint cipher);

    [LibraryImport(Ssl)]
    internal static partial void SSL_get0_alpn_selected(nint ssl, byte** name, uint* length);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_get1_peer_certificate(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial nint SSL_get_verify_result(nint ssl);

    [LibraryImport(Crypto, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int X509_VERIFY_PARAM_set1_host(nint parameters, string name, nuint length);

    [LibraryImport(Crypto, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int X509_VERIFY_PARAM_set1_ip_asc(nint parameters, string address);

    [LibraryImport(Crypto)]
    internal static partial void X509_VERIFY_PARAM_set_hostflags(nint parameters, uint flags);

    [LibraryImport(Crypto)]
    internal static partial nint X509_verify_cert_error_string(nint code);

    [LibraryImport(Crypto)]
    internal static partial int X509_STORE_add_cert(nint store, nint certificate);

    [LibraryImport(Crypto)]
    internal static partial void X509_free(nint certificate);

    [LibraryImport(Crypto)]
    internal static partial int i2d_X509(nint certificate, byte** target);

    [LibraryImport(Crypto)]
    internal static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Crypto)]
    internal static partial nint PEM_read_bio_X509(nint bio, nint* reuse, nint callback, byte* passphrase);

    [LibraryImport(Crypto)]
    internal static partial nint PEM_read_bio_PrivateKey(nint bio, nint* reuse, nint callback, byte* passphrase);

    [LibraryImport(Crypto)]
    internal static partial nint BIO_new_mem_buf(byte* bytes, int length);

    [LibraryImport(Crypto)]
    internal static partial int BIO_free(nint bio);

    [LibraryImport(Crypto)]
    internal static partial int BIO_get_new_index();

    [LibraryImport(Crypto, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint BIO_meth_new(int type, string name);

    [LibraryImport(Crypto)]
    internal static partial int BIO_meth_set_read(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> read);

    [LibraryImport(Crypto)]
    internal static partial int BIO_meth_set_write(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> write);

    [LibraryImport(Crypto)]
    internal static partial int BIO_meth_set_ctrl(
        nint method, delegate* unmanaged[Cdecl]<nint, int, CLong, nint, CLong> control);

    [LibraryImport(Crypto)]
    internal static partial nint BIO_new(nint method);

    [LibraryImport(Crypto)]
    internal static partial void BIO_set_init(nint bio, int isReady);

    [LibraryImport(Crypto)]
    internal static partial void BIO_set_data(nint bio, void* data);

    [LibraryImport(Crypto)]
    [SuppressGCTransition]
    internal static partial void* BIO_get_data(nint bio);

    [LibraryImport(Crypto)]
    [SuppressGCTransition]
    internal static partial void BIO_set_flags(nint bio, int flags);

    [LibraryImport(Crypto)]
    [SuppressGCTransition]
    internal static partial void BIO_clear_flags(nint bio, int flags);

    [LibraryImport(Crypto)]
    [SuppressGCTransition]
    internal static partial void ERR_clear_error();

    [LibraryImport(Crypto)]
    private static partial CULong ERR_peek_last_error();

    [LibraryImport(Crypto)]
    private static partial nint ERR_reason_error_string(CULong code);
}
