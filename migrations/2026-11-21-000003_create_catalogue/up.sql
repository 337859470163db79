-- What can be booked, with whom, and when.

CREATE TABLE staff (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  email text,
  user_id uuid REFERENCES users,
  timezone text,
  max_daily_bookings integer CHECK (max_daily_bookings BETWEEN 1 AND 1000),
  weight integer NOT NULL DEFAULT 100 CHECK (weight BETWEEN 10 AND 1000),
  position integer NOT NULL DEFAULT 0,
  schedule_version bigint NOT NULL DEFAULT 1,
  archived_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id)
);
CALL protect_tenant_table('staff');
COMMENT ON COLUMN staff.timezone IS 'Of their own hours; NULL: the tenant''s.';
COMMENT ON COLUMN staff.weight IS 'Percent of what the others get of the bookings that name nobody.';
COMMENT ON COLUMN staff.schedule_version IS 'Raised, as a lock, by each write that changes or consumes their availability.';

CREATE TABLE services (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  category text,
  description text,
  translations jsonb NOT NULL DEFAULT '{}',
  image_id uuid,
  duration_minutes integer NOT NULL CHECK (duration_minutes BETWEEN 5 AND 1440),
  buffer_before_minutes integer NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 480),
  buffer_after_minutes integer NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 480),
  location text NOT NULL DEFAULT 'business' CHECK (location IN ('business', 'customer')),
  travel_minutes integer NOT NULL DEFAULT 0 CHECK (travel_minutes BETWEEN 0 AND 240),
  price_cents bigint NOT NULL CHECK (price_cents BETWEEN 0 AND 100000000),
  deposit_basis_points integer NOT NULL DEFAULT 0 CHECK (deposit_basis_points BETWEEN 0 AND 10000),
  capacity integer NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 1000),
  min_notice_minutes integer NOT NULL DEFAULT 0 CHECK (min_notice_minutes BETWEEN 0 AND 525600),
  horizon_days integer NOT NULL DEFAULT 90 CHECK (horizon_days BETWEEN 0 AND 730),
  bookable_until date,
  slot_step_minutes integer CHECK (slot_step_minutes BETWEEN 5 AND 1440),
  auto_confirm boolean NOT NULL DEFAULT true,
  is_active boolean NOT NULL DEFAULT true,
  is_collective boolean NOT NULL DEFAULT false,
  position integer NOT NULL DEFAULT 0,
  archived_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, image_id) REFERENCES images,
  -- An allocation lasts a day at most, so that who looks for overlaps looks one day back.
  CHECK (duration_minutes + buffer_before_minutes + buffer_after_minutes + 2 * travel_minutes <= 1440),
  CHECK (greatest(buffer_before_minutes, buffer_after_minutes) + travel_minutes <= 480),
  CHECK (location = 'customer' OR travel_minutes = 0),
  CHECK (location = 'business' OR capacity = 1)
);
CALL protect_tenant_table('services');
COMMENT ON COLUMN services.slot_step_minutes IS 'NULL: the duration.';
COMMENT ON COLUMN services.translations IS 'Its words in other languages: see domain::translation.';
COMMENT ON COLUMN services.travel_minutes IS 'To the customer, and again on the way back.';

-- Who provides a service. No row: everybody, also later.
CREATE TABLE service_staff (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, service_id, staff_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff ON DELETE CASCADE
);
CALL protect_tenant_table('service_staff');

-- Rooms, chairs, machines: used by one at a time.
CREATE TABLE rooms (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  position integer NOT NULL DEFAULT 0,
  schedule_version bigint NOT NULL DEFAULT 1,
  archived_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id)
);
CALL protect_tenant_table('rooms');

-- Of which rooms a service takes one. No row: it needs none.
CREATE TABLE service_rooms (
  tenant_id uuid NOT NULL,
  service_id uuid NOT NULL,
  room_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, service_id, room_id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, room_id) REFERENCES rooms ON DELETE CASCADE
);
CALL protect_tenant_table('service_rooms');

-- Weekly hours and weekly pauses, of the tenant (neither staff_id nor service_id), of one staff member, or of a service
-- that is not offered at all times. Minutes from midnight of the owner's wall clock; 1440 ends a day. One table: whoever
-- reckons slots reads all of it.
CREATE TABLE weekly_rules (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('opening', 'break')),
  staff_id uuid,
  service_id uuid,
  effective_from date,
  weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  start_minute smallint NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
  end_minute smallint NOT NULL CHECK (end_minute BETWEEN 1 AND 1440),
  created_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, service_id) REFERENCES services ON DELETE CASCADE,
  CHECK (staff_id IS NULL OR service_id IS NULL),
  CHECK (start_minute < end_minute)
);
CALL protect_tenant_table('weekly_rules');
COMMENT ON COLUMN weekly_rules.effective_from IS 'The week holds from this date until the owner''s next; NULL: from the beginning.';

-- Whole local dates off, first and last included.
CREATE TABLE closures (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  staff_id uuid,
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  reason text,
  created_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff ON DELETE CASCADE,
  CHECK (starts_on <= ends_on)
);
CALL protect_tenant_table('closures');
CREATE INDEX closures_ends_on ON closures (tenant_id, ends_on);

-- One-off hours: they replace that date's rules and breaks, exactly as typed.
CREATE TABLE openings (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  staff_id uuid,
  date date NOT NULL,
  start_minute smallint NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
  end_minute smallint NOT NULL CHECK (end_minute BETWEEN 1 AND 1440),
  created_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff ON DELETE CASCADE,
  CHECK (start_minute < end_minute)
);
CALL protect_tenant_table('openings');
CREATE INDEX openings_date ON openings (tenant_id, date);

-- Removes accounts that lead nowhere: of nobody who is a member, on a team or an operator, and nobody signed in since `before`.
CREATE FUNCTION remove_unused_users(before timestamptz)
  RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH gone AS (
    DELETE FROM users u WHERE coalesce(u.last_login_at, u.created_at) < before AND u.created_at < before
      AND NOT u.is_operator
      AND NOT EXISTS (SELECT FROM memberships m WHERE m.user_id = u.id)
      AND NOT EXISTS (SELECT FROM staff s WHERE s.user_id = u.id)
      AND NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = u.id AND s.last_seen_at >= before)
    RETURNING 1)
  SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION remove_unused_users FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remove_unused_users TO harmony_system;
