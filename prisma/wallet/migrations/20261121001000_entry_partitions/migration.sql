-- Entries live in one partition for each month (UTC), created ahead by a job. What a missing partition would lose goes to
-- `entries_default`: nothing is refused, an alert rings, and the next run of the job moves it where it belongs.
-- This comes after the grants to the role of the service: on a partition itself it has no right at all.

-- The triggers of `entries` do not see statements that name a partition, so those are refused.
CREATE FUNCTION prepare_entry_partition(partition text) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE TABLE %I (LIKE entries INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', partition);
END $$;

CREATE FUNCTION attach_entry_partition(partition text, bounds text) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER entries_by_name BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I
                  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', partition);
  EXECUTE format('ALTER TABLE entries ATTACH PARTITION %I %s', partition, bounds);
END $$;

SELECT prepare_entry_partition('entries_default');
SELECT attach_entry_partition('entries_default', 'DEFAULT');

-- Creates the partitions of `months` months from that of `first` on, those that are missing. Several instances may call
-- it at once. Attaching does not hold up postings; only when entries are in the default partition are they locked out for
-- as long as it takes to move those. Returns the number of partitions that were created.
CREATE FUNCTION create_entry_partitions(first timestamptz, months integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  wanted timestamp[];
  month timestamp;
  partition text;
  has_strays boolean;
  created integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('florin-wallet-entry-partitions', 0));
  SELECT array_agg(m) INTO wanted
    FROM generate_series(date_trunc('month', first::timestamp), date_trunc('month', first::timestamp)
                         + make_interval(months => months - 1), interval '1 month') AS m;
  SELECT EXISTS (SELECT FROM entries_default) INTO has_strays;
  IF has_strays THEN
    LOCK TABLE entries IN ACCESS EXCLUSIVE MODE;
    ALTER TABLE entries DETACH PARTITION entries_default;
    ALTER TABLE entries_default RENAME TO entries_stray;
    ALTER INDEX entries_default_pkey RENAME TO entries_stray_pkey;
    SELECT array_agg(DISTINCT m) INTO wanted
      FROM (SELECT unnest(wanted) AS m UNION SELECT date_trunc('month', posted_at::timestamp) FROM entries_stray) AS all_months;
  END IF;
  FOREACH month IN ARRAY wanted LOOP
    partition := 'entries_' || to_char(month, 'YYYY_MM');
    CONTINUE WHEN to_regclass(partition) IS NOT NULL;
    PERFORM prepare_entry_partition(partition);
    IF has_strays THEN
      EXECUTE format('INSERT INTO %I SELECT * FROM entries_stray WHERE posted_at >= $1 AND posted_at < $2', partition)
        USING month::timestamptz, (month + interval '1 month')::timestamptz;
    END IF;
    PERFORM attach_entry_partition(
      partition, format('FOR VALUES FROM (%L) TO (%L)', month::timestamptz, (month + interval '1 month')::timestamptz));
    created := created + 1;
  END LOOP;
  IF has_strays THEN
    DROP TABLE entries_stray;
    PERFORM prepare_entry_partition('entries_default');
    PERFORM attach_entry_partition('entries_default', 'DEFAULT');
  END IF;
  RETURN created;
END $$;

-- What an operator is told about partitions: entries that are in none of their own, and where the last one ends.
CREATE FUNCTION entry_partition_state(OUT stray_entries bigint, OUT covered_until timestamptz) LANGUAGE sql
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
  SELECT (SELECT count(*) FROM (SELECT FROM entries_default LIMIT 1000000) AS stray),
         (SELECT max(to_date(substr(c.relname, 9), 'YYYY_MM')) + interval '1 month'
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
           WHERE i.inhparent = 'entries'::regclass AND c.relname ~ '^entries_\d{4}_\d{2}$')
$$;

SELECT create_entry_partitions(now() - interval '1 month', 5);

REVOKE EXECUTE ON FUNCTION prepare_entry_partition, attach_entry_partition, create_entry_partitions, entry_partition_state
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION create_entry_partitions, entry_partition_state TO florin_wallet_service;
