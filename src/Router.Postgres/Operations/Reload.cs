using Router.Postgres.Processes;
using Router.Postgres.Settings;

namespace Router.Postgres.Operations;

/// <summary>Writes the configuration files and has the running server read them.</summary>
internal sealed class Reload(InstanceConfiguration configuration, Postmaster postmaster)
{
    private bool _isDemanded;

    /// <summary>
    /// The next call has the server read its files whatever: certificates and included files may have changed where
    /// ours have not.
    /// </summary>
    public void Demand() => _isDemanded = true;

    public InstanceResult WriteAndReload()
    {
        try
        {
            var isWritten = configuration.Write();
            if (!isWritten && !_isDemanded)
            {
                return InstanceResult.Done("The configuration is as it should be.");
            }

            if (postmaster.Find() is { } process)
            {
                Postmaster.Signal(process, Libc.SigHangup);
            }

            _isDemanded = false;
            return InstanceResult.Done(isWritten ? "The configuration was written." : "PostgreSQL reads its files again.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return InstanceResult.Failed($"The configuration was not written: {e.Message}");
        }
    }
}
