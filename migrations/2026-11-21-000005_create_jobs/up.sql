-- The ledger of background work. Everything there is to know about a job is in its row; done: no row.
-- Leased: state = 'ready' AND lease_until > now(). Platform jobs belong to the nil tenant.

CREATE TABLE jobs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  queue text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  payload json NOT NULL,
  priority smallint NOT NULL DEFAULT 0,
  state text COLLATE "C" NOT NULL DEFAULT 'ready' CHECK (state IN ('scheduled', 'ready', 'dead')),
  run_at timestamptz NOT NULL,
  attempt smallint NOT NULL DEFAULT 0,
  deliveries smallint NOT NULL DEFAULT 0,
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  last_error text,
  dedup_key text,
  trace text,
  PRIMARY KEY (tenant_id, id)
) WITH (
  -- Half of each page stays free, and no index holds a column that a lease changes: the lease is a HOT update.
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000000
);
CREATE INDEX jobs_ready ON jobs (queue, tenant_id, run_at, id) WHERE state = 'ready';
CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 'scheduled';
CREATE INDEX jobs_dead ON jobs (queue, tenant_id, id) WHERE state = 'dead';
CREATE UNIQUE INDEX jobs_dedup ON jobs (tenant_id, dedup_key) WHERE dedup_key IS NOT NULL;
CALL protect_tenant_table('jobs');
REVOKE SELECT, UPDATE, DELETE ON jobs FROM harmony_app;
CREATE POLICY system ON jobs TO harmony_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO harmony_system;
COMMENT ON COLUMN jobs.attempt IS 'Runs that ended in an error.';
COMMENT ON COLUMN jobs.deliveries IS 'Leases; deliveries - attempt - 1 of them were lost.';
COMMENT ON COLUMN jobs.lease_until IS 'Never NULL: a lease must not make the row longer.';

-- When each schedule last fired: advanced by compare-and-set in the transaction that inserts its job.
CREATE TABLE schedule_ticks (
  name text PRIMARY KEY,
  last_tick timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON schedule_ticks TO harmony_system;
