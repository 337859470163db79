-- What a service asks whoever books it, and what was answered.

CREATE TABLE service_questions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  service_id uuid NOT NULL,
  position integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('text', 'long_text', 'choice', 'choices', 'number', 'date', 'file', 'consent')),
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 200),
  help text CHECK (length(help) BETWEEN 1 AND 500),
  is_required boolean NOT NULL,
  is_active boolean NOT NULL,
  options text[] NOT NULL,
  translations jsonb NOT NULL DEFAULT '{}',
  min_thousandths bigint,
  max_thousandths bigint,
  created_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, service_id) REFERENCES services ON DELETE CASCADE,
  CHECK (min_thousandths <= max_thousandths)
);
CALL protect_tenant_table('service_questions');
CREATE INDEX service_questions_service ON service_questions (tenant_id, service_id, position);
COMMENT ON COLUMN service_questions.options IS 'Of a choice; of others none.';
COMMENT ON COLUMN service_questions.translations IS 'Its words in other languages: see domain::translation.';

-- The words of the answers that each booking is found by: as customer_terms.
CREATE TABLE booking_terms (
  tenant_id uuid NOT NULL,
  booking_id uuid NOT NULL,
  term text COLLATE "C" NOT NULL CHECK (length(term) BETWEEN 1 AND 64),
  PRIMARY KEY (tenant_id, booking_id, term),
  FOREIGN KEY (tenant_id, booking_id) REFERENCES bookings ON DELETE CASCADE
);
CALL protect_tenant_table('booking_terms');
CREATE INDEX booking_terms_term ON booking_terms (tenant_id, term, booking_id);

-- Files that somebody sent as an answer. Without a booking they are nobody's, and go after a day.
CREATE TABLE intake_files (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  question_id uuid NOT NULL,
  booking_id uuid,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  kind text NOT NULL CHECK (kind IN ('jpg', 'png', 'gif', 'pdf')),
  size_bytes bigint NOT NULL CHECK (size_bytes > 0),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, booking_id) REFERENCES bookings
);
CALL protect_tenant_table('intake_files');
CREATE INDEX intake_files_booking ON intake_files (tenant_id, booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX intake_files_unclaimed ON intake_files (tenant_id) INCLUDE (size_bytes) WHERE booking_id IS NULL;
COMMENT ON COLUMN intake_files.question_id IS 'The question it answers, which may be gone by now.';
