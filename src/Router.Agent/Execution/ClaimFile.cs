using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Router.Cluster;
using Router.Dcs;

namespace Router.Agent.Execution;

/// <summary>
/// The claim in a file of the runtime directory, mode 0600, replaced by rename. It proves nothing by itself: whoever
/// recalls it asks the store whether all of it still stands.
/// </summary>
public sealed class ClaimFile(string path, ILogger<ClaimFile> logger) : IClaimMemory
{
    public LeaderClaim? Recall()
    {
        try
        {
            return File.Exists(path) && JsonNode.Parse(File.ReadAllText(path)) is JsonObject json
                ? new LeaderClaim(
                    new MemberName((string?)json["holder"] ?? ""),
                    (long?)json["lease"] ?? 0,
                    new Revision((long?)json["create_revision"] ?? 0),
                    (long?)json["epoch"] ?? 0,
                    new Revision((long?)json["epoch_revision"] ?? 0))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException
            or InvalidOperationException or FormatException)
        {
            ExecutionLog.ClaimUnreadable(logger, path, e.Message);
            return null;
        }
    }

    public void Remember(LeaderClaim claim)
    {
        var json = new JsonObject
        {
            ["holder"] = claim.Holder.Value,
            ["lease"] = claim.LeaseId,
            ["create_revision"] = claim.CreateRevision.Value,
            ["epoch"] = claim.EpochNumber,
            ["epoch_revision"] = claim.EpochRevision.Value,
        };
        try
        {
            var temporary = path + ".new";
            var options = new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (var stream = new StreamWriter(temporary, options))
            {
                stream.Write(json.ToJsonString());
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ExecutionLog.ClaimNotWritten(logger, path, e.Message);
        }
    }

    public void Forget()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ExecutionLog.ClaimNotWritten(logger, path, e.Message);
        }
    }
}
