using System.Buffers;
using System.Diagnostics;

namespace Router.Transport.Loops;

/// <summary>Bytes in order, in blocks of the loop's pool; holds no block while it is empty.</summary>
internal struct ByteQueue
{
    private readonly BlockPool _pool;
    private Block? _head;
    private Block? _tail;
    private bool _isReserved;

    public ByteQueue(BlockPool pool) => _pool = pool;

    public long Length { get; private set; }

    public readonly bool IsEmpty => Length == 0;

    /// <summary>The first bytes, as many as lie together.</summary>
    public readonly ReadOnlyMemory<byte> First => _head is null ? default : _head.Content;

    /// <summary>Room behind the last byte. It stays valid until <see cref="Commit"/>, which must follow.</summary>
    public Memory<byte> Reserve(int bytesMin)
    {
        if (_tail is null)
        {
            _head = _tail = _pool.Take(bytesMin);
        }
        else if (_tail.Free < bytesMin)
        {
            var block = _pool.Take(bytesMin);
            if (_tail.Length == 0 && _head == _tail)
            {
                _pool.Return(_tail);
                _head = block;
            }
            else
            {
                _tail.Append(block);
            }

            _tail = block;
        }

        _isReserved = true;
        return _tail.Array.AsMemory(_tail.End);
    }

    public void Commit(int count)
    {
        _isReserved = false;
        if (_tail is null)
        {
            // Cleared by the end of the connection between Reserve and here.
            return;
        }

        if (count > 0)
        {
            _tail.Commit(count);
            Length += count;
        }
        else
        {
            ReleaseIfEmpty();
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = Reserve(1).Span;
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            Commit(count);
            bytes = bytes[count..];
        }
    }

    public void Consume(long count)
    {
        Debug.Assert(count <= Length, "more consumed than there is");
        Length -= count;
        while (count > 0)
        {
            var head = _head!;
            var taken = (int)Math.Min(count, head.Length);
            head.Skip(taken);
            count -= taken;
            if (head.Length > 0 || head == _tail)
            {
                break;
            }

            _head = head.NextBlock;
            _pool.Return(head);
        }

        ReleaseIfEmpty();
    }

    public readonly int CopyTo(Span<byte> target)
    {
        var copied = 0;
        for (var block = _head; block is not null && copied < target.Length; block = block.NextBlock)
        {
            var part = block.Content.Span;
            part = part[..Math.Min(part.Length, target.Length - copied)];
            part.CopyTo(target[copied..]);
            copied += part.Length;
        }

        return copied;
    }

    public readonly ReadOnlySequence<byte> AsSequence() =>
        Length == 0 ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_head!, _head!.Start, _tail!, _tail!.End);

    /// <summary>How far <paramref name="position"/>, of a sequence of this queue, lies behind the first byte.</summary>
    public readonly long DistanceTo(SequencePosition position) =>
        position.GetObject() is Block block && _head is not null
            ? block.Offset + position.GetInteger() - (_head.Offset + _head.Start)
            : 0;

    /// <summary>Forgets all; <paramref name="isHeadBorrowed"/> says that the system may still read the first block.</summary>
    public void Clear(bool isHeadBorrowed = false)
    {
        Length = 0;
        _isReserved = false;
        var block = _head;
        _head = _tail = null;
        while (block is not null)
        {
            var next = block.NextBlock;
            if (isHeadBorrowed)
            {
                _pool.Drop();
                isHeadBorrowed = false;
            }
            else
            {
                _pool.Return(block);
            }

            block = next;
        }
    }

    private void ReleaseIfEmpty()
    {
        if (Length == 0 && !_isReserved && _head is not null)
        {
            _pool.Return(_head);
            _head = _tail = null;
        }
    }
}
