using System.Globalization;

namespace Router.Dcs.Etcd;

/// <summary>A point of etcd's history, as the header of an answer names it.</summary>
internal readonly record struct EtcdPoint(long Incarnation, ulong ClusterId, ulong RaftTerm, long Revision)
{
    /// <summary>Why this point cannot come after <paramref name="earlier"/> in one history; null where it can.</summary>
    public string? WhyNotAfter(EtcdPoint earlier)
    {
        if (earlier.Revision == 0)
        {
            return null;
        }

        if (ClusterId != earlier.ClusterId)
        {
            return string.Create(CultureInfo.InvariantCulture, $"cluster {ClusterId:x} after {earlier.ClusterId:x}");
        }

        if (Revision < earlier.Revision)
        {
            return string.Create(CultureInfo.InvariantCulture, $"revision {Revision} after {earlier.Revision}");
        }

        return RaftTerm < earlier.RaftTerm
            ? string.Create(CultureInfo.InvariantCulture, $"raft term {RaftTerm} after {earlier.RaftTerm}")
            : null;
    }

    public EtcdPoint OrLater(EtcdPoint other) => other.ClusterId == ClusterId
        ? this with
        {
            RaftTerm = Math.Max(RaftTerm, other.RaftTerm),
            Revision = Math.Max(Revision, other.Revision),
        }
        : this;
}
