using Router.Cluster.Local;
using Router.Postgres.Options;

namespace Router.Postgres.Probing;

/// <summary>What one session answered to the probe's query.</summary>
/// <param name="Facts">Everything but directory and pending settings.</param>
/// <param name="ConnectionText">primary_conninfo as the server has it.</param>
/// <param name="SlotName">primary_slot_name as the server has it.</param>
/// <param name="Settings">Parameters that need a restart to change, with their running values.</param>
/// <param name="Pending">Those of them whose file says something else by now.</param>
internal sealed record ServerAnswer(
    PostgresFacts Facts,
    string ConnectionText,
    string SlotName,
    IReadOnlyList<PostgresSetting> Settings,
    IReadOnlySet<string> Pending);
