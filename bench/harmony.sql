-- Harmony's data for the measurements: :tenants tenants with 5 staff members, 5 services, :customers customers and :per
-- bookings each, :daily a day, on which bench/reference/schema.sql has the same. Ids are md5 of what they stand for, so that every program can reckon them.
\set ON_ERROR_STOP 1
-- What is loaded fits together: keys need not be looked up row by row.
SET session_replication_role = replica;
CREATE TEMP TABLE n AS
  SELECT k, md5('t' || k)::uuid AS tenant_id, current_timestamp AS at FROM generate_series(1, :tenants) k;

INSERT INTO tenants (tenant_id, slug, name, timezone, locale, currency, country, plan, code_prefix, created_at, updated_at)
SELECT tenant_id, 'bench-' || k, 'Salon ' || k, 'Europe/Paris', 'fr', 'EUR', 'FR', 'pro', 'BE', at, at FROM n;
INSERT INTO tenant_directory (slug, tenant_id, created_at) SELECT 'bench-' || k, tenant_id, at FROM n;
-- Owners who have proven their address: the others may mail fifty a day.
INSERT INTO users (id, email, email_key, full_name, locale, email_verified_at, created_at, updated_at)
SELECT md5('o' || k)::uuid, 'o' || k || '@example.org', 'o' || k || '@example.org', 'Owner ' || k, 'fr', at, at, at FROM n;
INSERT INTO memberships (tenant_id, user_id, role, created_at) SELECT tenant_id, md5('o' || k)::uuid, 'owner', at FROM n;
INSERT INTO staff (tenant_id, id, name, position, created_at, updated_at)
SELECT tenant_id, md5('s' || k || '-' || j)::uuid, 'Staff ' || j, j, at, at FROM n, generate_series(1, 5) j;
INSERT INTO services (tenant_id, id, name, duration_minutes, price_cents, horizon_days, slot_step_minutes, position,
  created_at, updated_at)
SELECT tenant_id, md5('v' || k || '-' || j)::uuid, 'Service ' || j, 30 * j, 3000 * j, 730, 30, j, at, at
FROM n, generate_series(1, 5) j;
INSERT INTO weekly_rules (tenant_id, id, kind, staff_id, weekday, start_minute, end_minute, created_at)
SELECT tenant_id, gen_random_uuid(), 'opening', md5('s' || k || '-' || j)::uuid, d, 540, 1140, at
FROM n, generate_series(1, 5) j, generate_series(1, 6) d;
INSERT INTO weekly_rules (tenant_id, id, kind, staff_id, weekday, start_minute, end_minute, created_at)
SELECT tenant_id, gen_random_uuid(), 'break', md5('s' || k || '-' || j)::uuid, d, 750, 810, at
FROM n, generate_series(1, 5) j, generate_series(1, 6) d;
INSERT INTO customers (tenant_id, id, name, name_key, email, email_key, locale, created_at, updated_at)
SELECT tenant_id, md5('c' || k || '-' || j)::uuid, 'Client ' || j, 'client ' || j, 'c' || j || '@example.org', 'c' || j || '@example.org',
  'fr', at, at
FROM n, generate_series(1, :customers) j;
INSERT INTO customer_addresses (tenant_id, email_key, customer_id)
SELECT tenant_id, 'c' || j || '@example.org', md5('c' || k || '-' || j)::uuid FROM n, generate_series(1, :customers) j;

-- Up to twelve a day and staff member, 30 minutes every 45, back from two months ahead; one in eleven cancelled.
CREATE TEMP TABLE made AS
SELECT tenant_id, md5('b' || k || '-' || i)::uuid AS id, 'BE-' || upper(lpad(to_hex(i), 6, '0')) AS code,
  CASE WHEN i % 11 = 0 THEN 'cancelled' ELSE 'confirmed' END AS status,
  md5('v' || k || '-' || 1 + i % 5)::uuid AS service_id, md5('s' || k || '-' || 1 + i % 5)::uuid AS staff_id,
  md5('c' || k || '-' || 1 + i % :customers)::uuid AS customer_id, 'c' || 1 + i % :customers || '@example.org' AS email,
  (current_date + 60 - i / :daily + time '09:00' + i / 5 % 12 * interval '45 min') AT TIME ZONE 'Europe/Paris' AS start, at
FROM n, generate_series(0, :per - 1) i;
INSERT INTO bookings (tenant_id, id, public_code, status, service_id, staff_id, customer_id, starts_at, ends_at, timezone,
  service_name, duration_minutes, buffer_before_minutes, buffer_after_minutes, price_cents, deposit_cents, currency,
  contact_name, contact_email, contact_email_key, locale, notify_email, notify_sms, cancelled_at, created_at, updated_at)
SELECT tenant_id, id, code, status, service_id, staff_id, customer_id, start, start + interval '30 min', 'Europe/Paris',
  'Service', 30, 0, 0, 3000, 0, 'EUR', 'Client', email, email, 'fr', true, false,
  CASE WHEN status = 'cancelled' THEN at END, at, at
FROM made;
INSERT INTO allocations (tenant_id, id, resource_id, starts_at, ends_at, owner_kind, owner_id, counted_at, released_at)
SELECT tenant_id, gen_random_uuid(), staff_id, start, start + interval '30 min', 'booking', id, start,
  CASE WHEN status = 'cancelled' THEN at END
FROM made;
VACUUM ANALYZE;
