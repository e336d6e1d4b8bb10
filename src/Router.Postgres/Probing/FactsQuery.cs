namespace Router.Postgres.Probing;

/// <summary>The one SELECT of a probe. Lists come as JSON text, positions as bytes since 0/0.</summary>
internal static class FactsQuery
{
    // Whether it is in recovery is asked once: a promotion may come between two calls, and the functions of a primary
    // fail on a standby. The other way round does not happen.
    // Between two receivers nothing in SQL tells which timeline a standby has reached: the control file lags behind until
    // the next restartpoint. The WAL file that holds the last position does; its name begins with the timeline.
    public const string Sql = """
        WITH role AS MATERIALIZED (SELECT pg_catalog.pg_is_in_recovery() AS is_standby),
             receiver AS (SELECT status, received_tli FROM pg_catalog.pg_stat_get_wal_receiver() WHERE pid IS NOT NULL),
             reached AS (SELECT (GREATEST(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0')::bigint AS lsn,
                                pg_size_bytes(current_setting('wal_segment_size')) AS segment_size),
             written AS (SELECT max(('x' || substr(name, 1, 8))::bit(32)::int) AS tli
                           FROM reached, pg_catalog.pg_ls_waldir()
                          WHERE length(name) = 24
                            AND substr(name, 9) = upper(lpad(to_hex(lsn / 4294967296), 8, '0')
                                || lpad(to_hex((lsn % 4294967296) / segment_size), 8, '0')))
        SELECT r.is_standby,
            CASE WHEN r.is_standby THEN GREATEST(
                     COALESCE((SELECT received_tli FROM receiver), (SELECT tli FROM written)),
                     cp.timeline_id, cr.min_recovery_end_timeline)
                 ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline,
            CASE WHEN r.is_standby THEN 0 ELSE (pg_current_wal_flush_lsn() - '0/0')::bigint END AS flush_lsn,
            COALESCE((pg_last_wal_receive_lsn() - '0/0')::bigint, 0) AS receive_lsn,
            COALESCE((pg_last_wal_replay_lsn() - '0/0')::bigint, 0) AS replay_lsn,
            CASE WHEN r.is_standby THEN pg_is_wal_replay_paused() ELSE false END AS is_paused,
            pg_last_xact_replay_timestamp() AS replay_time,
            CASE WHEN NOT r.is_standby THEN NULL
                 WHEN (SELECT status FROM receiver) = 'streaming' THEN 'streaming'
                 WHEN current_setting('restore_command') <> '' THEN 'in archive recovery' END AS replication_state,
            pg_postmaster_start_time() AS start_time,
            current_setting('server_version_num')::int AS version,
            current_setting('synchronous_standby_names') AS sync_names,
            current_setting('synchronous_commit') AS sync_commit,
            current_setting('primary_conninfo') AS conninfo,
            current_setting('primary_slot_name') AS slot_name,
            sys.system_identifier::text AS identifier,
            cp.timeline_id AS control_timeline,
            (cp.checkpoint_lsn - '0/0')::bigint AS checkpoint_lsn,
            (cr.min_recovery_end_lsn - '0/0')::bigint AS minimum_lsn,
            cr.min_recovery_end_timeline AS minimum_timeline,
            (SELECT COALESCE(json_agg(json_build_object(
                 'name', application_name, 'state', state, 'sync', sync_state, 'write', (write_lsn - '0/0')::bigint,
                 'flush', (flush_lsn - '0/0')::bigint, 'replay', (replay_lsn - '0/0')::bigint,
                 'user', COALESCE(usename::text, ''), 'address', host(client_addr), 'priority', sync_priority)), '[]')::text
               FROM pg_catalog.pg_stat_replication) AS standbys,
            (SELECT COALESCE(json_agg(json_build_object(
                 'name', slot_name, 'physical', slot_type = 'physical', 'active', active,
                 'restart', (restart_lsn - '0/0')::bigint, 'confirmed', (confirmed_flush_lsn - '0/0')::bigint)
                 ORDER BY slot_name), '[]')::text
               FROM pg_catalog.pg_replication_slots WHERE COALESCE(wal_status, '') <> 'lost') AS slots,
            (SELECT COALESCE(json_agg(json_build_object('name', name, 'value', setting, 'pending', pending_restart)
                 ORDER BY name), '[]')::text
               FROM pg_catalog.pg_settings WHERE context = 'postmaster' OR pending_restart) AS settings
          FROM role r, pg_catalog.pg_control_checkpoint() cp, pg_catalog.pg_control_recovery() cr,
               pg_catalog.pg_control_system() sys
        """;
}
