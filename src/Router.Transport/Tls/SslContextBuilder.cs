using System.Security.Cryptography;
using System.Text;

namespace Router.Transport.Tls;

/// <summary>Makes an SSL_CTX of settings. Every refusal names the setting and, where there is one, the file.</summary>
internal sealed unsafe class SslContextBuilder(TlsSettings settings, SslContextHandle context)
{
    /// <summary>More is another file by mistake.</summary>
    private const long FileMax = 4 << 20;

    private const int CertificatesMax = 1000;

    /// <summary>Returns the own certificate, DER; empty where there is none.</summary>
    /// <exception cref="TlsException">Something cannot be used.</exception>
    public byte[] Build()
    {
        OpenSsl.ERR_clear_error();
        context.Take(OpenSsl.SSL_CTX_new(OpenSsl.TLS_method()));
        SetProtocols();
        SetCiphers();
        SetBehaviour();
        SetApplicationProtocol();
        SetVerification();
        return SetOwnCertificate();
    }

    private void SetProtocols()
    {
        const int AnyVersion = 0;
        if ((settings.Protocols & TlsProtocols.All) == TlsProtocols.None)
        {
            throw new TlsException(TlsPart.Protocols, "no version of TLS is allowed");
        }

        // The system's own configuration may have set a lower bound; the settings say all there is to say.
        var lowest = (settings.Protocols & (TlsProtocols.Tls10 | TlsProtocols.Tls11)) == 0 ? 0x0303 : AnyVersion;
        _ = OpenSsl.SSL_CTX_ctrl(context, OpenSsl.ControlMinProtocol, lowest, 0);
        _ = OpenSsl.SSL_CTX_set_options(
            context,
            Without(TlsProtocols.Tls10, OpenSsl.OpNoTls10) | Without(TlsProtocols.Tls11, OpenSsl.OpNoTls11)
            | Without(TlsProtocols.Tls12, OpenSsl.OpNoTls12) | Without(TlsProtocols.Tls13, OpenSsl.OpNoTls13));
    }

    private ulong Without(TlsProtocols protocol, ulong option) => (settings.Protocols & protocol) == 0 ? option : 0;

    private void SetCiphers()
    {
        if (settings.Ciphers is { } ciphers && OpenSsl.SSL_CTX_set_cipher_list(context, ciphers) != 1)
        {
            throw Refused(TlsPart.Ciphers, $"'{ciphers}': {OpenSsl.TakeError()}");
        }

        if (settings.Tls13CipherSuites is { } suites && OpenSsl.SSL_CTX_set_ciphersuites(context, suites) != 1)
        {
            throw Refused(TlsPart.Tls13CipherSuites, $"'{suites}': {OpenSsl.TakeError()}");
        }

        if (settings.Groups is { } groups && !TrySetGroups(groups))
        {
            throw Refused(TlsPart.Groups, $"'{groups}': {OpenSsl.TakeError()}");
        }

        _ = OpenSsl.SSL_CTX_ctrl(context, OpenSsl.ControlDhAuto, settings.HasDiffieHellman ? 1 : 0, 0);
    }

    private bool TrySetGroups(string groups)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(groups + '\0'))
        {
            return OpenSsl.SSL_CTX_ctrl(context, OpenSsl.ControlGroupsList, 0, (nint)text) == 1;
        }
    }

    /// <summary>No resumption: no driver of PostgreSQL uses it, and a ticket would lie unread on an idle connection.</summary>
    private void SetBehaviour()
    {
        const int NoCache = 0;
        _ = OpenSsl.SSL_CTX_ctrl(context, OpenSsl.ControlSessionCacheMode, NoCache, 0);
        _ = OpenSsl.SSL_CTX_set_num_tickets(context, 0);
        _ = OpenSsl.SSL_CTX_ctrl(
            context, OpenSsl.ControlMode, (nint)(OpenSsl.ModeReleaseBuffers | OpenSsl.ModeAcceptMovingWriteBuffer), 0);
        _ = OpenSsl.SSL_CTX_set_options(
            context,
            OpenSsl.OpNoTicket | OpenSsl.OpNoCompression | OpenSsl.OpNoRenegotiation | OpenSsl.OpCipherServerPreference);
    }

    private void SetApplicationProtocol()
    {
        if (settings.ApplicationProtocol is not { } name)
        {
            return;
        }

        byte[] protocols = [(byte)name.Length, .. Encoding.ASCII.GetBytes(name)];
        if (settings.IsServer)
        {
            OpenSsl.SSL_CTX_set_alpn_select_cb(context, &AlpnChoice.Select, context.Keep(protocols));
            return;
        }

        fixed (byte* start = protocols)
        {
            _ = OpenSsl.SSL_CTX_set_alpn_protos(context, start, (uint)protocols.Length);
        }
    }

    private void SetVerification()
    {
        if (settings.Verification == TlsVerification.None)
        {
            OpenSsl.SSL_CTX_set_verify(context, OpenSsl.VerifyNone, 0);
            return;
        }

        OpenSsl.SSL_CTX_set_verify(context, OpenSsl.VerifyPeer | OpenSsl.VerifyFailIfNoPeerCertificate, 0);
        if (settings.AuthorityFile is not { } file)
        {
            _ = OpenSsl.SSL_CTX_set_default_verify_paths(context);
            return;
        }

        foreach (var authority in ReadCertificates(TlsPart.AuthorityFile, file))
        {
            _ = OpenSsl.X509_STORE_add_cert(OpenSsl.SSL_CTX_get_cert_store(context), authority);
            if (settings.IsServer)
            {
                // So that a client with several certificates knows which to show.
                _ = OpenSsl.SSL_CTX_add_client_CA(context, authority);
            }

            OpenSsl.X509_free(authority);
        }
    }

    private byte[] SetOwnCertificate()
    {
        const int WithReference = 1;
        if (settings.CertificateFile is not { } file)
        {
            return [];
        }

        var certificates = ReadCertificates(TlsPart.CertificateFile, file);
        var isUsed = OpenSsl.SSL_CTX_use_certificate(context, certificates[0]) == 1;
        var why = isUsed ? "" : OpenSsl.TakeError();
        foreach (var link in certificates.Skip(1))
        {
            _ = OpenSsl.SSL_CTX_ctrl(context, OpenSsl.ControlChainCertificate, WithReference, link);
            OpenSsl.X509_free(link);
        }

        var leaf = TlsContext.TakeDer(certificates[0]);
        if (!isUsed)
        {
            throw Refused(TlsPart.CertificateFile, $"{file}: {why}");
        }

        SetKey(settings.KeyFile ?? file, file);
        return leaf;
    }

    private void SetKey(string file, string certificateFile)
    {
        var bytes = Read(TlsPart.KeyFile, file);
        nint key;
        fixed (byte* start = bytes)
        {
            // An empty passphrase, so that OpenSSL asks nobody for one.
            byte noPassphrase = 0;
            var bio = OpenSsl.BIO_new_mem_buf(start, bytes.Length);
            key = OpenSsl.PEM_read_bio_PrivateKey(bio, null, 0, &noPassphrase);
            _ = OpenSsl.BIO_free(bio);
        }

        var isEncrypted = bytes.AsSpan().IndexOf("ENCRYPTED"u8) >= 0;
        CryptographicOperations.ZeroMemory(bytes);
        if (key == 0)
        {
            throw Refused(TlsPart.KeyFile, isEncrypted
                ? $"{file}: the key is encrypted; give one without a passphrase"
                : $"{file}: there is no private key in PEM in it ({OpenSsl.TakeError()})");
        }

        _ = OpenSsl.SSL_CTX_use_PrivateKey(context, key);
        OpenSsl.EVP_PKEY_free(key);
        if (OpenSsl.SSL_CTX_check_private_key(context) != 1)
        {
            throw Refused(TlsPart.KeyFile, $"{file}: it is not the key of {certificateFile}");
        }
    }

    /// <summary>One at least; each to be freed.</summary>
    private static List<nint> ReadCertificates(TlsPart part, string file)
    {
        var bytes = Read(part, file);
        var certificates = new List<nint>();
        fixed (byte* start = bytes)
        {
            var bio = OpenSsl.BIO_new_mem_buf(start, bytes.Length);
            while (certificates.Count < CertificatesMax && OpenSsl.PEM_read_bio_X509(bio, null, 0, null) is var read and not 0)
            {
                certificates.Add(read);
            }

            _ = OpenSsl.BIO_free(bio);
        }

        if (certificates.Count == 0)
        {
            throw Refused(part, $"{file}: there is no certificate in PEM in it ({OpenSsl.TakeError()})");
        }

        // The end of the file is an error of its own to OpenSSL.
        OpenSsl.ERR_clear_error();
        return certificates;
    }

    private static byte[] Read(TlsPart part, string file)
    {
        try
        {
            return new FileInfo(file).Length <= FileMax
                ? File.ReadAllBytes(file)
                : throw new TlsException(part, $"{file}: longer than {FileMax >> 20} MiB");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new TlsException(part, unreadable switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"{file}: there is no such file",
                UnauthorizedAccessException => $"{file}: user {Environment.UserName} may not read it",
                _ => $"{file}: {unreadable.Message}",
            });
        }
    }

    private static TlsException Refused(TlsPart part, string message) => new(part, message);
}
