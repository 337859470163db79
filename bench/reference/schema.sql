-- The reference's schema and data: what a booking cannot do without, with row-level security, in the same amounts as
-- bench/harmony.sql. :tenants and :per as there.
\set ON_ERROR_STOP 1
CREATE EXTENSION btree_gist;
CREATE TABLE tenants (id uuid PRIMARY KEY, name text, tz text DEFAULT 'Europe/Paris');
CREATE TABLE staff (tenant_id uuid, id uuid, name text, PRIMARY KEY (tenant_id, id));
CREATE TABLE services (tenant_id uuid, id uuid, name text, minutes int, buffer_minutes int DEFAULT 0, price_cents int,
  PRIMARY KEY (tenant_id, id));
CREATE TABLE opening_rules (tenant_id uuid, id bigint GENERATED ALWAYS AS IDENTITY, staff_id uuid, dow int, opens time,
  closes time, PRIMARY KEY (tenant_id, id));
CREATE TABLE breaks (tenant_id uuid, id bigint GENERATED ALWAYS AS IDENTITY, staff_id uuid, dow int, starts time,
  ends time, PRIMARY KEY (tenant_id, id));
CREATE INDEX ON opening_rules (tenant_id, staff_id, dow);
CREATE INDEX ON breaks (tenant_id, staff_id, dow);
CREATE TABLE customers (tenant_id uuid, id uuid DEFAULT gen_random_uuid(), email text, name text, phone text,
  created_at timestamptz DEFAULT now(), PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email));
CREATE TABLE usage_counters (tenant_id uuid, month date, bookings int, max_bookings int, PRIMARY KEY (tenant_id, month));
CREATE TABLE bookings (tenant_id uuid NOT NULL, id uuid NOT NULL DEFAULT gen_random_uuid(), staff_id uuid NOT NULL,
  service_id uuid NOT NULL, customer_id uuid NOT NULL, during tstzrange NOT NULL CHECK (NOT isempty(during)),
  status text NOT NULL CHECK (status IN ('pending', 'confirmed', 'cancelled', 'done', 'no_show')),
  public_code text NOT NULL, price_cents int NOT NULL DEFAULT 0, notes text, created_at timestamptz NOT NULL DEFAULT now(),
  starts_at timestamptz GENERATED ALWAYS AS (lower(during)) STORED,
  ends_at timestamptz GENERATED ALWAYS AS (upper(during)) STORED);
CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id uuid NOT NULL, queue text NOT NULL,
  payload jsonb NOT NULL, run_at timestamptz NOT NULL DEFAULT now(), attempts int NOT NULL DEFAULT 0);
CREATE SEQUENCE slot_seq;

INSERT INTO tenants SELECT md5('t' || k)::uuid, 'Salon ' || k FROM generate_series(1, :tenants) k;
INSERT INTO staff SELECT md5('t' || k)::uuid, md5('s' || k || '-' || j)::uuid, 'Staff ' || j
FROM generate_series(1, :tenants) k, generate_series(1, 5) j;
INSERT INTO services SELECT md5('t' || k)::uuid, md5('v' || k || '-' || j)::uuid, 'Service ' || j, 30 * j, 0, 3000 * j
FROM generate_series(1, :tenants) k, generate_series(1, 5) j;
INSERT INTO opening_rules (tenant_id, staff_id, dow, opens, closes)
SELECT tenant_id, id, d, '09:00', '19:00' FROM staff, generate_series(1, 6) d;
INSERT INTO breaks (tenant_id, staff_id, dow, starts, ends)
SELECT tenant_id, id, d, '12:30', '13:30' FROM staff, generate_series(1, 6) d;
INSERT INTO customers (tenant_id, id, email, name)
SELECT md5('t' || k)::uuid, md5('c' || k || '-' || j)::uuid, 'c' || j || '@example.org', 'Client ' || j
FROM generate_series(1, :tenants) k, generate_series(1, 300) j;
INSERT INTO usage_counters SELECT id, date_trunc('month', now())::date, 0, 100000000 FROM tenants;
INSERT INTO bookings (tenant_id, id, staff_id, service_id, customer_id, during, status, public_code, price_cents)
SELECT md5('t' || k)::uuid, md5('b' || k || '-' || i)::uuid, md5('s' || k || '-' || 1 + i % 5)::uuid,
  md5('v' || k || '-' || 1 + i % 5)::uuid, md5('c' || k || '-' || 1 + i % 300)::uuid,
  tstzrange(start, start + interval '30 min'), CASE WHEN i % 11 = 0 THEN 'cancelled' ELSE 'confirmed' END,
  upper(substr(md5(k || ':' || i), 1, 10)), 3000
FROM generate_series(1, :tenants) k, generate_series(0, :per - 1) i,
  LATERAL (SELECT (current_date + 60 - i / 60 + time '09:00' + i / 5 % 12 * interval '45 min')
    AT TIME ZONE 'Europe/Paris' AS start) x;
ALTER TABLE bookings ADD PRIMARY KEY (tenant_id, id);
ALTER TABLE bookings ADD CONSTRAINT bookings_no_overlap
  EXCLUDE USING gist (tenant_id WITH =, staff_id WITH =, during WITH &&) WHERE (status IN ('pending', 'confirmed'));
CREATE INDEX bookings_starts ON bookings (tenant_id, starts_at);
CREATE UNIQUE INDEX bookings_code ON bookings (tenant_id, public_code);
CREATE INDEX bookings_customer ON bookings (tenant_id, customer_id);
ALTER TABLE bookings ADD FOREIGN KEY (tenant_id, staff_id) REFERENCES staff,
  ADD FOREIGN KEY (tenant_id, service_id) REFERENCES services,
  ADD FOREIGN KEY (tenant_id, customer_id) REFERENCES customers;

DO $$
DECLARE
  name text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reference') THEN
    CREATE ROLE reference LOGIN;
  END IF;
  FOREACH name IN ARRAY ARRAY['staff', 'services', 'opening_rules', 'breaks', 'customers', 'usage_counters', 'bookings',
    'outbox'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I
      USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO reference', name);
  END LOOP;
END $$;
GRANT SELECT ON tenants TO reference;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO reference;
VACUUM ANALYZE;
