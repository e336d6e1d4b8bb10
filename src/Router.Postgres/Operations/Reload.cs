using Router.Postgres.Processes;
using Router.Postgres.Settings;

namespace Router.Postgres.Operations;

/// <summary>Writes the configuration files and has the running server read them.</summary>
internal sealed class Reload(InstanceConfiguration configuration, Postmaster postmaster)
{
    public InstanceResult WriteAndReload()
    {
        try
        {
            if (!configuration.Write())
            {
                return InstanceResult.Done("The configuration is as it should be.");
            }

            if (postmaster.Find() is { } process)
            {
                Postmaster.Signal(process, Libc.SigHangup);
            }

            return InstanceResult.Done("The configuration was written.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return InstanceResult.Failed($"The configuration was not written: {e.Message}");
        }
    }
}
