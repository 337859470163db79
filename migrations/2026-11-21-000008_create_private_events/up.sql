-- Time taken outside of bookings: what staff members do besides, once or again and again.

CREATE TABLE private_events (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  staff_id uuid NOT NULL,
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 255),
  note text CHECK (length(note) <= 2000),
  timezone text NOT NULL,
  all_day boolean NOT NULL,
  starts_at_wall timestamp NOT NULL,
  ends_at_wall timestamp NOT NULL,
  recurrence text CHECK (length(recurrence) <= 2000),
  added timestamp[] NOT NULL DEFAULT '{}' CHECK (cardinality(added) <= 1000),
  left_out timestamp[] NOT NULL DEFAULT '{}' CHECK (cardinality(left_out) <= 1000),
  series_id uuid,
  stands_for timestamp,
  external_uid text COLLATE "C" CHECK (length(external_uid) BETWEEN 1 AND 255),
  unfolded_until timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, series_id) REFERENCES private_events ON DELETE CASCADE,
  CHECK (starts_at_wall < ends_at_wall),
  CHECK (series_id IS NULL OR stands_for IS NOT NULL)
);
CALL protect_tenant_table('private_events');
CREATE INDEX private_events_staff ON private_events (tenant_id, staff_id);
-- One for each UID and occurrence of it.
CREATE UNIQUE INDEX private_events_external_uid ON private_events (tenant_id, staff_id, external_uid, stands_for)
  NULLS NOT DISTINCT WHERE external_uid IS NOT NULL;
CREATE INDEX private_events_series ON private_events (tenant_id, series_id) WHERE series_id IS NOT NULL;
CREATE INDEX private_events_unfolded ON private_events (tenant_id, unfolded_until) WHERE unfolded_until IS NOT NULL;
COMMENT ON COLUMN private_events.starts_at_wall IS 'On the wall clock of its zone, the first occurrence''s; of whole days, midnight.';
COMMENT ON COLUMN private_events.recurrence IS 'An RRULE of RFC 5545; NULL: once.';
COMMENT ON COLUMN private_events.left_out IS 'Occurrences that do not take place, or that another row stands for.';
COMMENT ON COLUMN private_events.stands_for IS 'Of which occurrence of its series it takes the place.';
COMMENT ON COLUMN private_events.external_uid IS 'The UID of the calendar file that it came from.';
COMMENT ON COLUMN private_events.unfolded_until IS 'To when busy_blocks has its occurrences; NULL: all of them.';

-- The time that they take, an occurrence each; what lasts longer than a day has a row for each day of 24 hours, so that
-- who looks for overlaps looks one day back. They may overlap each other and bookings: no constraint, and no allocation.
CREATE TABLE busy_blocks (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  private_event_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  occurrence timestamp NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  occurs_from timestamptz NOT NULL,
  occurs_until timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, private_event_id, id),
  FOREIGN KEY (tenant_id, private_event_id) REFERENCES private_events ON DELETE CASCADE,
  CHECK (starts_at < ends_at AND ends_at <= starts_at + interval '24 hours'),
  CHECK (occurs_from <= starts_at AND ends_at <= occurs_until)
);
CALL protect_tenant_table('busy_blocks');
CREATE INDEX busy_blocks_starts_at ON busy_blocks (tenant_id, staff_id, starts_at) INCLUDE (ends_at);
CREATE INDEX busy_blocks_list ON busy_blocks (tenant_id, starts_at, id);
COMMENT ON COLUMN busy_blocks.occurrence IS 'Which one of its series: the wall time that the rule says.';

-- Addresses at which other calendars read a staff member's. Who knows the token reads: only its hash is kept.
CREATE TABLE calendar_feeds (
  tenant_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
  shows_details boolean NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, staff_id),
  CONSTRAINT calendar_feeds_token UNIQUE (tenant_id, token_hash),
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff ON DELETE CASCADE
);
CALL protect_tenant_table('calendar_feeds');
COMMENT ON COLUMN calendar_feeds.shows_details IS 'False: it says that the time is taken, and no more.';
