-- What was sent, and what was made to be sent.

-- One row per message, whatever happens to its job: the unique key is what keeps a message from going out twice.
CREATE TABLE messages (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  subject_id uuid NOT NULL,
  kind text NOT NULL,
  channel text NOT NULL CHECK (channel IN ('email', 'sms')),
  audience text NOT NULL CHECK (audience IN ('customer', 'member')),
  sequence integer NOT NULL,
  recipient text NOT NULL,
  status text NOT NULL CHECK (status IN ('sending', 'sent', 'failed', 'suppressed')),
  provider text NOT NULL,
  error text,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, subject_id, kind, channel, sequence)
);
CALL protect_tenant_table('messages');
CREATE INDEX messages_created_at ON messages (tenant_id, created_at);
COMMENT ON COLUMN messages.subject_id IS 'What it is about: a booking, a member.';
COMMENT ON COLUMN messages.audience IS 'Who reads it: what goes to customers is bounded while no owner is proven.';
COMMENT ON COLUMN messages.error IS 'Why it failed or was suppressed. Holds no address.';
COMMENT ON COLUMN messages.sequence IS 'Of the subject when it was told: each change is told once.';

-- Files that workers made, by what they show. The bytes are in the file store under `path`.
CREATE TABLE documents (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('booking_summary', 'customer_export')),
  subject_id uuid NOT NULL,
  sequence integer NOT NULL,
  path text NOT NULL,
  content_type text NOT NULL,
  size_bytes bigint NOT NULL,
  sha256 bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, kind, subject_id, sequence)
);
CALL protect_tenant_table('documents');
CREATE INDEX documents_created_at ON documents (tenant_id, kind, created_at);
