-- The ground: who owns a row, what happened to it, how much of a plan is used.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Protects a table of tenants' rows: only the rows of the tenant named by `app.tenant_id` exist for harmony_app, and
-- without a name none. nullif: after a local setting ends it is '', not NULL. RLS is enabled, not forced: the owner must
-- see the rows, or data migrations would touch none in silence and dumps would be empty.
CREATE PROCEDURE protect_tenant_table(name regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('CREATE POLICY tenant ON %s TO harmony_app
      USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', name);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO harmony_app', name);
END $$;

-- Pictures: their files are kept elsewhere, under the tenant's name and theirs.
CREATE TABLE images (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  format text NOT NULL CHECK (format IN ('jpg', 'png')),
  width integer NOT NULL CHECK (width BETWEEN 1 AND 10000),
  height integer NOT NULL CHECK (height BETWEEN 1 AND 10000),
  size_bytes bigint NOT NULL CHECK (size_bytes > 0),
  created_at timestamptz NOT NULL,
  created_by uuid,
  PRIMARY KEY (tenant_id, id)
);
CALL protect_tenant_table('images');
COMMENT ON COLUMN images.width IS 'Of the largest variant; the others follow from it.';
COMMENT ON COLUMN images.size_bytes IS 'Of all variants together.';

CREATE TABLE tenants (
  tenant_id uuid PRIMARY KEY,
  slug text NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  timezone text NOT NULL,
  locale text NOT NULL CHECK (locale IN ('fr', 'en')),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  plan text NOT NULL DEFAULT 'free' CHECK (plan IN ('free', 'pro', 'enterprise')),
  downgraded_at timestamptz,
  forgotten_until timestamptz,
  contact_email text,
  phone_e164 text,
  address text,
  city text CHECK (length(city) BETWEEN 1 AND 120),
  about text CHECK (length(about) BETWEEN 1 AND 2000),
  website_url text CHECK (length(website_url) <= 300),
  instagram_url text CHECK (length(instagram_url) <= 300),
  legal_name text CHECK (length(legal_name) BETWEEN 1 AND 255),
  legal_form text CHECK (length(legal_form) BETWEEN 1 AND 255),
  publisher text CHECK (length(publisher) BETWEEN 1 AND 255),
  siret text CHECK (siret ~ '^[0-9]{14}$'),
  vat_id text CHECK (vat_id ~ '^[A-Z]{2}[0-9A-Z]{2,13}$'),
  accent_color text CHECK (accent_color ~ '^#[0-9a-f]{6}$'),
  logo_image_id uuid,
  cover_image_id uuid,
  code_prefix text NOT NULL CHECK (code_prefix ~ '^[A-Z]{2}$'),
  default_duration_minutes integer NOT NULL DEFAULT 60 CHECK (default_duration_minutes BETWEEN 5 AND 960),
  default_break_minutes integer NOT NULL DEFAULT 20 CHECK (default_break_minutes BETWEEN 0 AND 480),
  policy jsonb NOT NULL DEFAULT '{}',
  embed_origins text[] NOT NULL DEFAULT '{}' CHECK (cardinality(embed_origins) <= 10),
  schedule_version bigint NOT NULL DEFAULT 1,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  created_by uuid,
  FOREIGN KEY (tenant_id, logo_image_id) REFERENCES images,
  FOREIGN KEY (tenant_id, cover_image_id) REFERENCES images
);
CALL protect_tenant_table('tenants');
CREATE INDEX tenants_timezone ON tenants (timezone, tenant_id);
CREATE INDEX tenants_created_at ON tenants (created_at, tenant_id);
CREATE POLICY system ON tenants TO harmony_system USING (true);
GRANT SELECT (tenant_id, slug, name, timezone, plan, downgraded_at, created_at) ON tenants TO harmony_system;
COMMENT ON COLUMN tenants.code_prefix IS 'The two letters before each booking''s public code.';
COMMENT ON COLUMN tenants.downgraded_at IS 'When the plan was last changed for a smaller one: what that one keeps less long stays a while.';
COMMENT ON COLUMN tenants.forgotten_until IS 'Nobody knows any more who came before then; NULL: nothing was forgotten yet.';
COMMENT ON COLUMN tenants.about IS 'What the tenant says of itself on its public page.';
COMMENT ON COLUMN tenants.legal_form IS 'As the law wants it told, such as "SARL au capital de 5 000 €".';
COMMENT ON COLUMN tenants.policy IS 'What cancelling, moving and staying away ask: see domain::booking::Policy.';
COMMENT ON COLUMN tenants.embed_origins IS 'The websites that may show the booking pages in a frame: see domain::embedding.';
COMMENT ON COLUMN tenants.publisher IS 'Who answers for what the public page says.';
COMMENT ON COLUMN tenants.schedule_version IS 'Raised, as a lock, by each write that changes the availability of the whole tenant.';

-- What happened, written in the transaction that did it: feeds live pages, workflows, webhooks, history, analytics.
CREATE TABLE domain_events (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  subject uuid NOT NULL,
  version bigint NOT NULL,
  occurred_at timestamptz NOT NULL,
  data jsonb NOT NULL,
  tx bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  PRIMARY KEY (tenant_id, id)
);
CALL protect_tenant_table('domain_events');
CREATE INDEX domain_events_subject ON domain_events (tenant_id, subject, id);
CREATE INDEX domain_events_tx ON domain_events (tenant_id, tx, id);
COMMENT ON COLUMN domain_events.tx IS
  'The transaction that wrote it. Who follows keeps a snapshot and asks for what it did not see: ids are made before
  the commit, so in their order what commits late would be missed. bigint: its operators reach an index under RLS.';

-- Who did what, with what was there before and after, and from where.
CREATE TABLE audit_events (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'customer', 'operator', 'system')),
  actor_id uuid,
  action text NOT NULL,
  subject_kind text NOT NULL,
  subject_id uuid,
  before jsonb,
  after jsonb,
  ip text,
  reason text CHECK (length(reason) BETWEEN 1 AND 2000),
  request_id text CHECK (length(request_id) <= 100),
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CALL protect_tenant_table('audit_events');
CREATE INDEX audit_events_subject ON audit_events (tenant_id, subject_id, occurred_at);
CREATE INDEX audit_events_time ON audit_events (tenant_id, occurred_at, id);
COMMENT ON COLUMN audit_events.before IS 'Of a customer: sealed with their key in customer_keys, which is destroyed with what is known of them.';
REVOKE UPDATE, DELETE ON audit_events, domain_events FROM harmony_app;
CREATE POLICY system ON audit_events TO harmony_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON audit_events TO harmony_system;

-- How much of a plan's limit is used in the period that began on `period_start` (the tenant's local date).
CREATE TABLE usage (
  tenant_id uuid NOT NULL,
  "limit" text NOT NULL,
  period_start date NOT NULL,
  used bigint NOT NULL CHECK (used >= 0),
  PRIMARY KEY (tenant_id, "limit", period_start)
);
CALL protect_tenant_table('usage');
CREATE POLICY system ON usage TO harmony_system USING (true);
GRANT SELECT ON usage TO harmony_system;

-- Answers to POSTs that carried an Idempotency-Key, kept 24 hours.
CREATE TABLE idempotency_keys (
  tenant_id uuid NOT NULL,
  scope text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  status smallint NOT NULL,
  response jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, scope, key)
);
CALL protect_tenant_table('idempotency_keys');
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
CREATE POLICY system ON idempotency_keys TO harmony_system USING (true);
GRANT SELECT, DELETE ON idempotency_keys TO harmony_system;
COMMENT ON COLUMN idempotency_keys.scope IS 'The caller: a member, or the hashed address of an anonymous one.';
