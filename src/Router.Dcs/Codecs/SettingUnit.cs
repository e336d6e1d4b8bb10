namespace Router.Dcs.Codecs;

/// <summary>What a setting's bare number counts.</summary>
internal enum SettingUnit
{
    Plain,
    Seconds,
    Bytes,
}
