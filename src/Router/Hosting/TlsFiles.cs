using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Router.Agent.Api;
using Router.Agent.Observation;
using Router.Configuration;

namespace Router.Hosting;

/// <summary>
/// PEM files that a configuration names, loaded once before anything depends on them: the first that cannot be used is
/// told with its setting.
/// </summary>
internal static class TlsFiles
{
    public static string? Problem(EtcdConfiguration etcd) => etcd.Endpoints.Any(at => at.Scheme == Uri.UriSchemeHttps)
        ? Authorities($"{SectionOf(etcd)}.cacert", etcd.CaCertFile)
            ?? Certificate($"{SectionOf(etcd)}.cert", etcd.CertFile, etcd.KeyFile, password: null)
        : null;

    /// <param name="section"><c>ctl</c> or <c>members</c>.</param>
    /// <param name="members">What it says; an authority may come from <c>restapi.cafile</c>.</param>
    public static string? Problem(string section, MemberProbeOptions members) =>
        Authorities($"{section}.cacert", members.CaCertFile)
        ?? Certificate($"{section}.certfile", members.CertFile, members.KeyFile, members.KeyFilePassword);

    public static string? Problem(RestApiOptions api) => api.IsTls
        ? Authorities("restapi.cafile", api.CaFile)
            ?? Certificate("restapi.certfile", api.CertFile, api.KeyFile, api.KeyFilePassword)
        : null;

    private static string? Authorities(string setting, string? file) => Load(setting, file, file, path =>
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? null : $"{setting}: {path} holds no certificate";
    });

    private static string? Certificate(string setting, string? file, string? keyFile, string? password)
    {
        var files = keyFile is null ? file : $"{file} with {keyFile}";
        return Load(setting, file, files, path =>
        {
            using var certificate = password is null
                ? X509Certificate2.CreateFromPemFile(path, keyFile)
                : X509Certificate2.CreateFromEncryptedPemFile(path, password, keyFile);
            return null;
        });
    }

    private static string? Load(string setting, string? file, string? files, Func<string, string?> load)
    {
        try
        {
            return file is null ? null : load(file);
        }
        catch (Exception unusable) when (unusable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return unusable switch
            {
                FileNotFoundException { FileName: { } missing } => $"{setting}: {missing}: there is no such file",
                DirectoryNotFoundException => $"{setting}: {files}: there is no such file",
                UnauthorizedAccessException => $"{setting}: {files} may not be read by user {Environment.UserName}",
                _ => $"{setting}: {files} cannot be loaded: {unusable.Message}",
            };
        }
    }

    /// <summary>The name of the section that the file has.</summary>
    public static string SectionOf(EtcdConfiguration etcd) => etcd.IsWrittenForV2 ? "etcd" : "etcd3";
}
