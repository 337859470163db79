-- The ledger of background work. Everything there is to know about a job is in its row; done: no row.
-- Leased: state = 'ready' AND lease_until > now(). Platform jobs belong to the nil tenant.

-- Columns of one length first: what a relay asks a row for is found without looking at the rest of it.
CREATE TABLE jobs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  run_at timestamptz NOT NULL,
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  priority smallint NOT NULL DEFAULT 0 CHECK (priority IN (0, 1)),
  attempt smallint NOT NULL DEFAULT 0,
  deliveries smallint NOT NULL DEFAULT 0,
  apart smallint NOT NULL DEFAULT 0,
  state text COLLATE "C" NOT NULL DEFAULT 'ready' CHECK (state IN ('scheduled', 'ready', 'dead')),
  queue text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  payload json NOT NULL,
  last_error text,
  failures jsonb,
  dedup_key text,
  trace text,
  PRIMARY KEY (tenant_id, id)
) WITH (
  -- Half of each page stays free, and no index holds a column that a lease changes: the lease is a HOT update.
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000000
);
CREATE INDEX jobs_ready ON jobs (queue, tenant_id, priority, run_at, id) WHERE state = 'ready';
CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 'scheduled';
CREATE INDEX jobs_dead ON jobs (queue, run_at, id) WHERE state = 'dead';
CREATE INDEX jobs_dead_of_tenant ON jobs (tenant_id, run_at, id) WHERE state = 'dead';
CREATE UNIQUE INDEX jobs_dedup ON jobs (tenant_id, dedup_key) WHERE dedup_key IS NOT NULL;
CALL protect_tenant_table('jobs');
REVOKE UPDATE, DELETE ON jobs FROM harmony_app;
CREATE POLICY system ON jobs TO harmony_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO harmony_system;
COMMENT ON COLUMN jobs.priority IS '0: normal. 1: bulk, imports and exports and campaigns, whose lane is shared by all who have a backlog.';
COMMENT ON COLUMN jobs.run_at IS 'When it is due; of a dead one, when it died.';
COMMENT ON COLUMN jobs.attempt IS 'Runs that ended in an error.';
COMMENT ON COLUMN jobs.deliveries IS 'Leases; deliveries - attempt - 1 of them were lost.';
COMMENT ON COLUMN jobs.apart IS 'Runs in a process of its own, as a suspect, since the last that ended in an error; kept by what dies.';
COMMENT ON COLUMN jobs.lease_until IS 'Never NULL: a lease must not make the row longer.';
COMMENT ON COLUMN jobs.failures IS 'The runs that ended in an error, oldest first, 20 at most: [{"attempt", "at", "error"}].';
COMMENT ON COLUMN jobs.trace IS 'Of the request that enqueued it: a W3C traceparent.';

-- When each schedule last fired: advanced by compare-and-set in the transaction that inserts its job.
CREATE TABLE schedule_ticks (
  name text PRIMARY KEY,
  last_tick timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON schedule_ticks TO harmony_system;

-- What operators set of a queue. No row: as the code has it.
CREATE TABLE queue_settings (
  queue text PRIMARY KEY,
  paused_at timestamptz,
  per_tenant integer CHECK (per_tenant > 0),
  updated_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON queue_settings TO harmony_system;
COMMENT ON COLUMN queue_settings.paused_at IS 'Since when nothing of it is leased; what was leased before still runs.';
COMMENT ON COLUMN queue_settings.per_tenant IS 'Jobs of one tenant, of each priority, that may be leased at a time.';

-- What became of runs, by the minute: workers add what they have seen. Done jobs leave no other trace.
CREATE TABLE job_minutes (
  queue text NOT NULL,
  kind text NOT NULL,
  minute timestamptz NOT NULL,
  done integer NOT NULL,
  dropped integer NOT NULL,
  again integer NOT NULL,
  dead integer NOT NULL,
  waited integer[] NOT NULL,
  ran integer[] NOT NULL,
  PRIMARY KEY (queue, minute, kind)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON job_minutes TO harmony_system;
COMMENT ON COLUMN job_minutes.waited IS 'From due to started, of 22 classes: the one at i (from 0) counts those of less than 2^i ms and no less than the one before, the last all others.';
COMMENT ON COLUMN job_minutes.ran IS 'From started to ended, in the classes of waited.';

-- The processes of the fleet as they tell of themselves every few seconds.
CREATE TABLE workers (
  id uuid PRIMARY KEY,
  queue text NOT NULL,
  host text NOT NULL,
  version text NOT NULL,
  places integer NOT NULL,
  running integer NOT NULL,
  started_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON workers TO harmony_system;
COMMENT ON COLUMN workers.queue IS 'Whose jobs it runs; dispatch: it relays those of all.';
COMMENT ON COLUMN workers.places IS 'Jobs that it runs at a time, at most.';

-- How far long jobs are, for whoever waits for them.
CREATE TABLE job_progress (
  tenant_id uuid NOT NULL,
  job_id uuid NOT NULL,
  kind text NOT NULL,
  done integer NOT NULL CHECK (done >= 0),
  total integer CHECK (total >= 0),
  started_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (tenant_id, job_id)
);
CALL protect_tenant_table('job_progress');
CREATE INDEX job_progress_kind ON job_progress (tenant_id, kind, started_at);
CREATE POLICY system ON job_progress TO harmony_system USING (true) WITH CHECK (true);
GRANT SELECT, DELETE ON job_progress TO harmony_system;
COMMENT ON COLUMN job_progress.total IS 'NULL: not known yet.';
