using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Router.Configuration.Yaml;

/// <summary>
/// Builds our nodes from YamlDotNet's events. Its own node model throws at the first repeated key; this reports every
/// one and goes on.
/// </summary>
internal sealed class YamlReader
{
    private const int DepthMax = 64;

    private readonly string _source;
    private readonly Findings _findings;
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, YamlNode> _anchors = [];

    private YamlReader(string source, TextReader text, Findings findings)
    {
        _source = source;
        _findings = findings;
        _parser = new Parser(text);
    }

    /// <summary>The first document of a text. An empty one is an empty mapping; null where it cannot be read.</summary>
    public static YamlMapping? Read(string source, string text, Findings findings)
    {
        using var characters = new StringReader(text);
        var reader = new YamlReader(source, characters, findings);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException malformed)
        {
            findings.Error(At(source, malformed.Start), "", $"not valid YAML: {malformed.Message}");
            return null;
        }
        catch (Exception lost) when (lost is InvalidOperationException or ArgumentException or OverflowException)
        {
            // YamlDotNet's scanner trips over some texts, such as a list that nobody closes. It does not say where; the
            // place behind the last thing that it understood is near.
            findings.Error(At(source, reader.Reached), "", "not valid YAML at or after this place: is a bracket or quote open?");
            return null;
        }
    }

    private Mark Reached => _parser.Current?.End ?? Mark.Empty;

    private YamlMapping? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            return new YamlMapping(new SourcePosition(_source, 1, 1), []);
        }

        switch (ReadNode(0))
        {
            case YamlMapping mapping:
                return mapping;
            case YamlScalar { IsNull: true } nothing:
                return new YamlMapping(nothing.At, []);
            case var other:
                _findings.Error(other.At, "", "expected keys and values at the top, such as 'scope: main'");
                return null;
        }
    }

    private YamlNode ReadNode(int depth)
    {
        var next = _parser.Current ?? throw new YamlException("unexpected end");
        if (depth > DepthMax)
        {
            throw new YamlException(next.Start, next.End, "nested too deeply");
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return _anchors.GetValueOrDefault(alias.Value)
                ?? throw new YamlException(alias.Start, alias.End, $"there is no anchor '&{alias.Value}' above");
        }

        var start = _parser.Consume<NodeEvent>();
        YamlNode node = start switch
        {
            Scalar scalar => new YamlScalar(
                At(_source, scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty),
            SequenceStart => ReadSequence(start, depth),
            _ => ReadMapping(start, depth),
        };
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor] = node;
        }

        return node;
    }

    private YamlSequence ReadSequence(NodeEvent start, int depth)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return new YamlSequence(At(_source, start.Start), items.ToImmutable());
    }

    private YamlMapping ReadMapping(NodeEvent start, int depth)
    {
        var own = new List<YamlEntry>();
        var inherited = new List<YamlEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = _parser.Consume<Scalar>();
            var at = At(_source, key.Start);
            var value = ReadNode(depth + 1);
            if (key.Value == "<<")
            {
                inherited.AddRange(Inherited(value));
            }
            else if (own.Find(entry => entry.Key == key.Value) is { } first)
            {
                _findings.Error(at, key.Value, $"written twice (first at line {first.At.Line}); remove one of them");
            }
            else
            {
                own.Add(new YamlEntry(key.Value, at, value));
            }
        }

        own.AddRange(inherited.DistinctBy(entry => entry.Key).Where(entry => !own.Exists(had => had.Key == entry.Key)));
        return new YamlMapping(At(_source, start.Start), [.. own]);
    }

    /// <summary>What a merge key brings: the entries of one mapping, or of a list of them, the earlier first.</summary>
    private static IEnumerable<YamlEntry> Inherited(YamlNode value) => value switch
    {
        YamlMapping mapping => mapping.Entries,
        YamlSequence sequence => sequence.Items.OfType<YamlMapping>().SelectMany(mapping => mapping.Entries),
        _ => [],
    };

    private static SourcePosition At(string source, Mark mark) => new(source, (int)mark.Line, (int)mark.Column);
}
