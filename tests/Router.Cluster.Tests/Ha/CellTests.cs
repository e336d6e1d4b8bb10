using System.Text;
using Router.Cluster.Guarding;
using Router.Cluster.Ha;
using Router.Cluster.Local;
using Router.Testing;

namespace Router.Cluster.Tests.Ha;

/// <summary>
/// Every (instance × lock × lease × store) cell: what member b decides. The expected table is scenarios/cells.txt.
/// </summary>
public sealed class CellTests
{
    private static readonly (string Name, Func<LocalState> Build)[] Instances =
    [
        ("running primary", () => LocalStates.Primary(ClusterViews.B)),
        ("starting primary", () => LocalStates.Primary(ClusterViews.B).With(p => p with { State = PostgresState.Starting })),
        ("stopping primary", () => LocalStates.Primary(ClusterViews.B).With(p => p with { State = PostgresState.Stopping })),
        ("refusing primary", () => LocalStates.Primary(ClusterViews.B).With(p => p with { State = PostgresState.Refusing })),
        ("hung primary", () => LocalStates.Primary(ClusterViews.B).With(p => p with { State = PostgresState.Hung })),
        ("running standby", () => LocalStates.Standby(ClusterViews.B)),
        ("starting standby", () => LocalStates.Standby(ClusterViews.B).With(p => p with { State = PostgresState.Starting })),
        ("hung standby", () => LocalStates.Standby(ClusterViews.B).With(p => p with { State = PostgresState.Hung })),
        ("stopped primary", () => LocalStates.StoppedPrimary(ClusterViews.B)),
        ("stopped standby", () => LocalStates.StoppedStandby(ClusterViews.B)),
        ("no data", () => LocalStates.WithoutData(ClusterViews.B)),
    ];

    private static readonly (string Name, Func<ClusterView?> Build)[] Locks =
    [
        ("lock mine", () => ClusterViews.LedBy(ClusterViews.B)),
        ("lock a's", () => ClusterViews.LedBy(ClusterViews.A)),
        ("no lock", OfMine),
        ("lock unreadable", () => OfMine() with
        {
            Leader = StoredKey<LeaderLock>.Unreadable(new Revision(50)),
        }),
        ("new store", ClusterViews.Empty),
        ("store silent", () => null),
    ];

    private static readonly (string Name, Func<LocalState, LocalState> Change)[] Leases =
    [
        ("held", local => local.Leading()),
        ("ending", local => local.Leading(seconds: 7)),
        ("lapsed", local => local.Lapsed()),
        ("none", local => local),
    ];

    [Fact]
    public void Every_cell_decides_as_the_table_says()
    {
        var table = new StringBuilder();
        foreach (var instance in Instances)
        {
            foreach (var held in Locks)
            {
                foreach (var lease in Leases)
                {
                    var local = Asked(lease.Change(instance.Build()));
                    var decision = HaPolicy.Decide(held.Build(), local, HaSettings.Default);
                    _ = table.Append(Heading(instance.Name, held.Name, lease.Name)).Append('\n')
                        .Append(DecisionText.Of(decision)).Append("\n\n");
                }
            }
        }

        Transcript.Agrees("cells.txt", table.ToString());
    }

    [Fact]
    public void No_cell_breaks_an_invariant_with_any_guard_pause_or_mode()
    {
        HaSettings[] settings =
        [
            HaSettings.Default,
            HaSettings.Default with { Pause = true },
            HaSettings.Default with { SynchronousMode = SynchronousMode.On },
            HaSettings.Default with { SynchronousMode = SynchronousMode.On, SynchronousModeStrict = true },
            HaSettings.Default with { PrimaryStartTimeout = TimeSpan.Zero, FailsafeMode = true },
        ];
        GuardState[] guards = [new GuardState.Missing(), new GuardState.Disarmed(), new GuardState.Fired()];
        var cells = from instance in Instances
                    from held in Locks
                    from lease in Leases
                    from setting in settings
                    from guard in guards
                    from isRequired in new[] { true, false }
                    select (held, local: Asked(lease.Change(instance.Build())) with
                    {
                        Guard = guard,
                        IsGuardRequired = isRequired,
                    }, setting);
        foreach (var (held, local, setting) in cells)
        {
            var view = held.Build();
            var decision = HaPolicy.Decide(view, local, setting);
            Assert.True(
                HaInvariants.Violations(view, local, setting, decision) is [],
                $"{held.Name}, {local.Lease}, {local.Postgres.State}: {DecisionText.Of(decision)}\n"
                + string.Join('\n', HaInvariants.Violations(view, local, setting, decision)));
        }
    }

    private static string Heading(string instance, string held, string lease) => $"# {instance}, {held}, lease {lease}";

    /// <summary>Unlocked after a leadership of this member.</summary>
    private static ClusterView OfMine() =>
        ClusterViews.Unlocked().WithEpoch(new Epoch(5, ClusterViews.B, new Timeline(3), IsOpened: true));

    private static LocalState Asked(LocalState local) => local.Asked(LocalStates.Peer(ClusterViews.C));
}
