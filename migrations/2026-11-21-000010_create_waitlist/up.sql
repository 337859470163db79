-- Who would come if a time became free, in the order in which they asked.

CREATE TABLE waitlist_entries (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('waiting', 'offered', 'booked', 'lapsed', 'withdrawn')),
  service_id uuid NOT NULL,
  staff_id uuid,
  seats integer NOT NULL CHECK (seats BETWEEN 1 AND 1000),
  from_date date NOT NULL,
  to_date date NOT NULL,
  earliest_minute smallint CHECK (earliest_minute BETWEEN 0 AND 1440),
  latest_minute smallint CHECK (latest_minute BETWEEN 0 AND 1440),
  contact_name text NOT NULL,
  contact_email text NOT NULL,
  contact_email_key text NOT NULL,
  contact_phone text,
  locale text NOT NULL CHECK (locale IN ('fr', 'en')),
  address text CHECK (length(address) <= 500),
  note text CHECK (length(note) <= 2000),
  booking_id uuid,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services,
  FOREIGN KEY (tenant_id, staff_id) REFERENCES staff,
  FOREIGN KEY (tenant_id, booking_id) REFERENCES bookings,
  CHECK (from_date <= to_date),
  CHECK (status NOT IN ('offered', 'booked') OR booking_id IS NOT NULL)
);
CALL protect_tenant_table('waitlist_entries');
CREATE INDEX waitlist_entries_status ON waitlist_entries (tenant_id, status, created_at, id);
CREATE INDEX waitlist_entries_list ON waitlist_entries (tenant_id, created_at, id);
CREATE INDEX waitlist_entries_email ON waitlist_entries (tenant_id, contact_email_key, status);
CREATE INDEX waitlist_entries_booking ON waitlist_entries (tenant_id, booking_id) WHERE booking_id IS NOT NULL;
COMMENT ON COLUMN waitlist_entries.staff_id IS 'NULL: anybody who provides the service.';
COMMENT ON COLUMN waitlist_entries.from_date IS 'Of the tenant''s zone, as the times of the day.';
COMMENT ON COLUMN waitlist_entries.earliest_minute IS 'Of the day, from which on they would come.';
COMMENT ON COLUMN waitlist_entries.latest_minute IS 'Of the day, before which it must begin.';
COMMENT ON COLUMN waitlist_entries.booking_id IS 'The time that was offered, as the booking that holds it.';
