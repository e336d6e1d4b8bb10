namespace Router.Configuration.PgBouncer.Settings;

/// <summary>Everything that PgBouncer's <c>auth_type</c> may be.</summary>
internal enum AuthType
{
    Any,
    Trust,
    Plain,
    Md5,
    ScramSha256,
    Cert,
    Hba,
    Ldap,
    Pam,
}
