-- Customers, what they booked, and the time that takes.

CREATE TABLE customers (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  name_key text COLLATE "C" NOT NULL,
  email text NOT NULL CHECK (length(email) <= 254),
  email_key text NOT NULL,
  phone_e164 text,
  locale text NOT NULL CHECK (locale IN ('fr', 'en')),
  note text CHECK (length(note) <= 2000),
  erased_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT customers_email UNIQUE (tenant_id, email_key)
);
CALL protect_tenant_table('customers');
COMMENT ON COLUMN customers.erased_at IS 'Since when nobody knows who it was: what was booked stands, without a name.';
CREATE INDEX customers_name ON customers (tenant_id, name_key, id);
CREATE INDEX customers_updated_at ON customers (tenant_id, updated_at) WHERE erased_at IS NULL;
CREATE INDEX customers_phone ON customers (tenant_id, phone_e164, id) WHERE phone_e164 IS NOT NULL;
COMMENT ON COLUMN customers.name_key IS 'The words of the name, lower case and without accents: what lists are sorted by.';
COMMENT ON COLUMN customers.note IS 'For members alone.';

-- The words that each customer is found by. Their beginnings are looked for, by their bytes: under row-level security
-- neither LIKE nor the operators of trigrams reach an index.
CREATE TABLE customer_terms (
  tenant_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  term text COLLATE "C" NOT NULL CHECK (length(term) BETWEEN 1 AND 254),
  PRIMARY KEY (tenant_id, customer_id, term),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
CALL protect_tenant_table('customer_terms');
CREATE INDEX customer_terms_term ON customer_terms (tenant_id, term, customer_id);

-- The addresses that lead to each customer: their own, and those of the duplicates that were merged into them. Whoever
-- books is found here, and the row is what a booking and a merge wait for each other at.
CREATE TABLE customer_addresses (
  tenant_id uuid NOT NULL,
  email_key text NOT NULL,
  customer_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, email_key),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
CALL protect_tenant_table('customer_addresses');
CREATE INDEX customer_addresses_customer ON customer_addresses (tenant_id, customer_id);

-- A key of each customer, with which the audit trail seals what it says of them: without it nobody reads that any more.
CREATE TABLE customer_keys (
  tenant_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  key bytea NOT NULL CHECK (length(key) = 32),
  PRIMARY KEY (tenant_id, customer_id)
);
CALL protect_tenant_table('customer_keys');
COMMENT ON COLUMN customer_keys.customer_id IS 'Also of who was merged into another: what was written of them before stays readable.';

-- What they agreed to and what they took back, each time it was said: append-only, but for a merge.
CREATE TABLE consents (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  customer_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('terms', 'marketing')),
  is_given boolean NOT NULL,
  source text NOT NULL CHECK (source IN ('booking', 'member', 'customer')),
  subject_id uuid,
  recorded_by uuid,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
CALL protect_tenant_table('consents');
REVOKE UPDATE, DELETE ON consents FROM harmony_app;
GRANT UPDATE (customer_id) ON consents TO harmony_app;
CREATE INDEX consents_customer ON consents (tenant_id, customer_id, kind, recorded_at, id);
COMMENT ON COLUMN consents.source IS 'Where it was said: on a page that books, to a member, or on the customer''s own page.';
COMMENT ON COLUMN consents.subject_id IS 'The booking it was said with.';

-- Duplicates that are no more, and the customer that each became.
CREATE TABLE customer_merges (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kept_id uuid NOT NULL,
  merged_at timestamptz NOT NULL,
  merged_by uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, kept_id) REFERENCES customers ON DELETE CASCADE
);
CALL protect_tenant_table('customer_merges');
CREATE INDEX customer_merges_kept ON customer_merges (tenant_id, kept_id);
COMMENT ON COLUMN customer_merges.id IS 'Of the customer who was the duplicate.';

-- Links by which customers sign in, each good once: one for whatever address is typed, whether it leads to somebody or not.
CREATE TABLE customer_sign_ins (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  email_key text NOT NULL,
  created_at timestamptz NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CALL protect_tenant_table('customer_sign_ins');
CREATE INDEX customer_sign_ins_created_at ON customer_sign_ins (created_at);
CREATE POLICY system ON customer_sign_ins TO harmony_system USING (true);
GRANT SELECT, DELETE ON customer_sign_ins TO harmony_system;

-- Browsers in which customers are signed in, on the site of one tenant. They are no users and never members.
CREATE TABLE customer_sessions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  customer_id uuid NOT NULL,
  token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, token_hash),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
CALL protect_tenant_table('customer_sessions');
CREATE INDEX customer_sessions_customer ON customer_sessions (tenant_id, customer_id);
CREATE INDEX customer_sessions_expires_at ON customer_sessions (expires_at);
CREATE POLICY system ON customer_sessions TO harmony_system USING (true);
GRANT SELECT, DELETE ON customer_sessions TO harmony_system;
COMMENT ON COLUMN customer_sessions.token_hash IS 'SHA-256 of the cookie.';

-- What members sort their customers by.
CREATE TABLE customer_tags (
  tenant_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  tag_key text COLLATE "C" NOT NULL CHECK (length(tag_key) BETWEEN 1 AND 160),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
  PRIMARY KEY (tenant_id, customer_id, tag_key),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
CALL protect_tenant_table('customer_tags');
CREATE INDEX customer_tags_tag ON customer_tags (tenant_id, tag_key, customer_id) INCLUDE (name);
COMMENT ON COLUMN customer_tags.tag_key IS 'The tag as it is compared: lower case and without accents.';
COMMENT ON COLUMN customer_tags.name IS 'As it was typed first.';

-- Customers who can no longer book by themselves.
CREATE TABLE customer_blocks (
  tenant_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  reason text CHECK (length(reason) BETWEEN 1 AND 500),
  created_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, customer_id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
CALL protect_tenant_table('customer_blocks');
CREATE INDEX customer_blocks_created_at ON customer_blocks (tenant_id, created_at, customer_id);
COMMENT ON COLUMN customer_blocks.reason IS 'For members alone.';

-- By what they are recognised, under whatever name they come: addresses as they are compared, and telephone numbers
-- (E.164). An address has an @ and a number has none.
CREATE TABLE blocked_contacts (
  tenant_id uuid NOT NULL,
  contact_key text NOT NULL,
  customer_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, contact_key, customer_id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer_blocks ON DELETE CASCADE
);
CALL protect_tenant_table('blocked_contacts');
CREATE INDEX blocked_contacts_customer ON blocked_contacts (tenant_id, customer_id);

-- Files with customers: read, then brought in row after row by a job.
CREATE TABLE customer_imports (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('uploaded', 'started', 'done')),
  file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 255),
  encoding text NOT NULL,
  delimiter text NOT NULL CHECK (length(delimiter) = 1),
  header jsonb NOT NULL,
  fields jsonb NOT NULL,
  known text NOT NULL DEFAULT 'skip' CHECK (known IN ('skip', 'update')),
  total integer NOT NULL CHECK (total >= 0),
  done integer NOT NULL DEFAULT 0 CHECK (done BETWEEN 0 AND total),
  made integer NOT NULL DEFAULT 0,
  updated integer NOT NULL DEFAULT 0,
  skipped integer NOT NULL DEFAULT 0,
  refused integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  created_by uuid,
  ended_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CHECK (done = made + updated + skipped + refused)
);
CALL protect_tenant_table('customer_imports');
CREATE INDEX customer_imports_created_at ON customer_imports (tenant_id, created_at);
COMMENT ON COLUMN customer_imports.header IS 'The columns of the file: their names and what stands in the first rows.';
COMMENT ON COLUMN customer_imports.fields IS 'What each column of the file says, in their order: see domain::imports::Field; null: nothing.';
COMMENT ON COLUMN customer_imports.done IS 'Rows that are dealt with, from the first on: raised in the transaction that deals with them.';

-- What was wrong with rows that were not brought in.
CREATE TABLE customer_import_flaws (
  tenant_id uuid NOT NULL,
  import_id uuid NOT NULL,
  line integer NOT NULL CHECK (line > 0),
  field text NOT NULL,
  code text NOT NULL,
  value text NOT NULL CHECK (length(value) <= 100),
  PRIMARY KEY (tenant_id, import_id, line, field),
  FOREIGN KEY (tenant_id, import_id) REFERENCES customer_imports ON DELETE CASCADE
);
CALL protect_tenant_table('customer_import_flaws');
COMMENT ON COLUMN customer_import_flaws.line IS 'Of the file, from 1: where the row begins.';
COMMENT ON COLUMN customer_import_flaws.value IS 'What stood there, its first 100 characters.';

-- One time of a staff member that several customers book seats of. Without a seat taken it is over, and its time is free.
CREATE TABLE group_sessions (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  service_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  room_id uuid,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  capacity integer NOT NULL CHECK (capacity BETWEEN 1 AND 1000),
  seats_taken integer NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services,
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff,
  FOREIGN KEY (tenant_id, room_id) REFERENCES rooms,
  CONSTRAINT group_sessions_seats CHECK (seats_taken BETWEEN 0 AND capacity)
);
CALL protect_tenant_table('group_sessions');
-- Of one that somebody has a seat of there is no second.
CREATE UNIQUE INDEX group_sessions_open ON group_sessions (tenant_id, service_id, staff_id, starts_at) WHERE seats_taken > 0;
COMMENT ON COLUMN group_sessions.ends_at IS 'It lasts what the service lasted when it was begun.';
COMMENT ON COLUMN group_sessions.staff_id IS 'Of a collective service, the first of those who provide it.';

-- Bookings that recur, as they were asked for; each of them is a booking of its own.
CREATE TABLE booking_series (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  service_id uuid NOT NULL,
  recurrence text NOT NULL CHECK (length(recurrence) <= 2000),
  created_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services
);
CALL protect_tenant_table('booking_series');
COMMENT ON COLUMN booking_series.recurrence IS 'An RRULE of RFC 5545, on the wall clock of the tenant''s zone.';

-- Price, deposit, duration, buffers and contact are copied: what is agreed does not change with the catalogue.
CREATE TABLE bookings (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  public_code text COLLATE "C" NOT NULL CHECK (public_code ~ '^[A-Z]{2}-[0-9A-Z]{6}$'),
  status text NOT NULL CHECK (status IN ('held', 'pending', 'confirmed', 'completed', 'no_show', 'cancelled', 'expired')),
  service_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  room_id uuid,
  group_session_id uuid,
  series_id uuid,
  visit_id uuid,
  seats integer NOT NULL DEFAULT 1 CHECK (seats BETWEEN 1 AND 1000),
  customer_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  timezone text NOT NULL,
  service_name text NOT NULL,
  told_name text,
  duration_minutes integer NOT NULL,
  buffer_before_minutes integer NOT NULL,
  buffer_after_minutes integer NOT NULL,
  price_cents bigint NOT NULL,
  deposit_cents bigint NOT NULL,
  currency text NOT NULL,
  contact_name text NOT NULL,
  contact_email text NOT NULL,
  contact_email_key text NOT NULL,
  contact_phone text,
  locale text NOT NULL CHECK (locale IN ('fr', 'en')),
  customer_timezone text,
  notify_email boolean NOT NULL,
  notify_sms boolean NOT NULL,
  terms_accepted_at timestamptz,
  marketing_accepted_at timestamptz,
  address text CHECK (length(address) <= 500),
  note text CHECK (length(note) <= 2000),
  internal_note text CHECK (length(internal_note) <= 2000),
  assigned jsonb,
  answers jsonb,
  held_until timestamptz,
  agreed_at timestamptz,
  deposit_paid_at timestamptz,
  policy jsonb NOT NULL DEFAULT '{}',
  fee_cents bigint NOT NULL DEFAULT 0 CHECK (fee_cents >= 0),
  sequence integer NOT NULL DEFAULT 0,
  cancelled_at timestamptz,
  cancellation_reason text CHECK (length(cancellation_reason) <= 2000),
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT bookings_public_code UNIQUE (tenant_id, public_code),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services,
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff,
  FOREIGN KEY (tenant_id, room_id) REFERENCES rooms,
  FOREIGN KEY (tenant_id, group_session_id) REFERENCES group_sessions,
  FOREIGN KEY (tenant_id, series_id) REFERENCES booking_series,
  FOREIGN KEY (tenant_id, visit_id) REFERENCES bookings,
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customers,
  CHECK (starts_at < ends_at),
  CHECK (status <> 'held' OR held_until IS NOT NULL)
);
CALL protect_tenant_table('bookings');
CREATE INDEX bookings_staff ON bookings (tenant_id, staff_id, starts_at);
CREATE INDEX bookings_starts_at ON bookings (tenant_id, starts_at, id);
CREATE INDEX bookings_customer ON bookings (tenant_id, customer_id, starts_at);
CREATE INDEX bookings_pending ON bookings (tenant_id, starts_at) WHERE status = 'pending';
CREATE INDEX bookings_group_session ON bookings (tenant_id, group_session_id) WHERE group_session_id IS NOT NULL;
CREATE INDEX bookings_series ON bookings (tenant_id, series_id, starts_at) WHERE series_id IS NOT NULL;
CREATE INDEX bookings_visit ON bookings (tenant_id, visit_id) WHERE visit_id IS NOT NULL;
COMMENT ON COLUMN bookings.visit_id IS 'The first booking of the visit of several services that it is one of.';
COMMENT ON COLUMN bookings.address IS 'Where to come, of what takes place at the customer''s.';
COMMENT ON COLUMN bookings.price_cents IS 'Of all its seats, as the deposit.';
COMMENT ON COLUMN bookings.timezone IS 'The zone the appointment takes place in: what messages print.';
COMMENT ON COLUMN bookings.customer_timezone IS 'Where they booked from, if they said so.';
COMMENT ON COLUMN bookings.internal_note IS 'What members note for themselves; no customer sees it.';
COMMENT ON COLUMN bookings.staff_id IS 'Of a collective service, the first of those who provide it; allocations has all.';
COMMENT ON COLUMN bookings.assigned IS 'Why it is with them: see domain::slots::Assigned.';
COMMENT ON COLUMN bookings.told_name IS 'What its customer knows service_name as. NULL: the same.';
COMMENT ON COLUMN bookings.answers IS 'What the service asked, with its words then: see domain::intake::Answer. NULL: nothing.';
COMMENT ON COLUMN bookings.held_until IS 'Until when its deposit can be paid; NULL: none is waited for.';
COMMENT ON COLUMN bookings.agreed_at IS 'When it was confirmed first; NULL: nobody has agreed to it yet, so that it costs nothing to be cancelled.';
COMMENT ON COLUMN bookings.policy IS 'The tenant''s as it was when it was booked: see domain::booking::Policy.';
COMMENT ON COLUMN bookings.fee_cents IS 'What the customer owes who cancelled late or stayed away; a deposit that was paid is a part of it.';
COMMENT ON COLUMN bookings.sequence IS 'Of the calendar object (RFC 5545 SEQUENCE): 0, then one more with each change told to the customer.';

-- Time taken from one resource (a staff member or a room), buffers included. The exclusion constraint is what makes a
-- double booking impossible. The plain columns are for reading: range operators are not leakproof, so under row-level
-- security they never reach an index.
CREATE TABLE allocations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  resource_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  during tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at)) STORED,
  owner_kind text NOT NULL CHECK (owner_kind IN ('booking', 'group_session')),
  owner_id uuid NOT NULL,
  counted_at timestamptz,
  released_at timestamptz,
  -- By owner: one index finds an owner's and keeps ids apart.
  PRIMARY KEY (tenant_id, owner_id, id),
  CHECK (starts_at < ends_at AND ends_at <= starts_at + interval '24 hours'),
  CONSTRAINT allocations_no_overlap
    EXCLUDE USING gist (tenant_id WITH =, resource_id WITH =, during WITH &&) WHERE (released_at IS NULL)
);
CALL protect_tenant_table('allocations');
CREATE INDEX allocations_starts_at ON allocations (tenant_id, resource_id, starts_at) INCLUDE (ends_at) WHERE released_at IS NULL;
COMMENT ON COLUMN allocations.counted_at IS 'When what takes the time begins: it counts for the staff member''s daily maximum of that date. NULL: it counts for none.';
