using System.Text;
using Etcdserverpb;
using Google.Protobuf;
using Mvccpb;
using Router.Cluster;

namespace Router.Dcs.Etcd;

/// <summary>Between our transactions and keys and etcd's messages (pure).</summary>
internal sealed class EtcdMessages(string prefix)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public ByteString PrefixBytes { get; } = ByteString.CopyFromUtf8(prefix);

    /// <summary>The first key after all that begin with the prefix: its last byte, a slash, plus one.</summary>
    public ByteString PrefixEnd { get; } = ByteString.CopyFromUtf8($"{prefix[..^1]}{(char)(prefix[^1] + 1)}");

    public RangeRequest ReadAll() => new() { Key = PrefixBytes, RangeEnd = PrefixEnd };

    public ByteString KeyOf(DcsKey key) => ByteString.CopyFromUtf8(prefix + key.Path);

    public TxnRequest ToTxn(DcsTransaction transaction)
    {
        var request = new TxnRequest();
        request.Compare.AddRange(transaction.Conditions.Select(ToCompare));
        request.Success.AddRange(transaction.Mutations.Select(ToOperation));
        if (transaction.Mutations.Count == 0)
        {
            // etcd takes a transaction without operations for a serializable one and answers it from a member that
            // may lag. A linearizable range in either branch makes it a proof.
            var barrier = new RangeRequest { Key = KeyOf(DcsKey.Leader), CountOnly = true };
            request.Success.Add(new RequestOp { RequestRange = barrier });
            request.Failure.Add(new RequestOp { RequestRange = barrier });
        }

        return request;
    }

    /// <summary>The key below the prefix; bytes that are no UTF-8 have no value.</summary>
    public RawKey ToRawKey(KeyValue stored) => new(
        PathOf(stored.Key),
        TextOf(stored.Value),
        new Revision(stored.CreateRevision),
        new Revision(stored.ModRevision),
        stored.Lease);

    public string PathOf(ByteString key) => Encoding.UTF8.GetString(key.Span[PrefixBytes.Length..]);

    private static string? TextOf(ByteString value)
    {
        try
        {
            return Strict.GetString(value.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private Compare ToCompare(DcsCondition condition)
    {
        var compare = new Compare { Key = KeyOf(condition.Key), Result = Compare.Types.CompareResult.Equal };
        switch (condition)
        {
            case DcsCondition.ModRevisionIs mod:
                compare.Target = Compare.Types.CompareTarget.Mod;
                compare.ModRevision = mod.Revision.Value;
                break;
            case DcsCondition.CreateRevisionIs create:
                compare.Target = Compare.Types.CompareTarget.Create;
                compare.CreateRevision = create.Revision.Value;
                break;
            case DcsCondition.ValueIs value:
                compare.Target = Compare.Types.CompareTarget.Value;
                compare.Value = ByteString.CopyFromUtf8(value.Value);
                break;
            case DcsCondition.LeaseIs lease:
                compare.Target = Compare.Types.CompareTarget.Lease;
                compare.Lease = lease.LeaseId;
                break;
            default:
                throw new ArgumentException($"Unknown condition {condition}.", nameof(condition));
        }

        return compare;
    }

    private RequestOp ToOperation(DcsMutation mutation) => mutation switch
    {
        DcsMutation.Put put => new RequestOp
        {
            RequestPut = new PutRequest
            {
                Key = KeyOf(put.Key),
                Value = ByteString.CopyFromUtf8(put.Value),
                Lease = put.LeaseId,
            },
        },
        DcsMutation.Delete delete => new RequestOp
        {
            RequestDeleteRange = new DeleteRangeRequest { Key = KeyOf(delete.Key) },
        },
        _ => throw new ArgumentException($"Unknown mutation {mutation}.", nameof(mutation)),
    };
}
