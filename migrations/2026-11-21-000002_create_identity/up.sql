-- The global tables: who can sign in, and which tenant a name stands for. Only harmony_identity reaches them.

CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text NOT NULL CHECK (length(email) <= 254),
  email_key text NOT NULL UNIQUE,
  full_name text NOT NULL CHECK (length(full_name) BETWEEN 1 AND 255),
  locale text NOT NULL CHECK (locale IN ('fr', 'en')),
  is_operator boolean NOT NULL DEFAULT false,
  has_second_factor boolean NOT NULL DEFAULT false,
  email_verified_at timestamptz,
  last_login_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT operators_have_a_second_factor CHECK (has_second_factor OR NOT is_operator)
);
COMMENT ON COLUMN users.has_second_factor IS 'Whether they have confirmed one: written with it, in its transaction.';
COMMENT ON COLUMN users.email_key IS 'The address normalised: what is compared and unique.';

CREATE TABLE credentials (
  user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  password_hash text NOT NULL,
  updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN credentials.password_hash IS 'Argon2id, PHC string.';

CREATE TABLE tenant_directory (
  slug text PRIMARY KEY CHECK (slug ~ '^[a-z0-9](-?[a-z0-9]){1,62}$'),
  tenant_id uuid NOT NULL,
  is_current boolean NOT NULL DEFAULT true,
  host text UNIQUE,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX tenant_directory_current ON tenant_directory (tenant_id) WHERE is_current;
CREATE INDEX tenant_directory_tenant ON tenant_directory (tenant_id);
COMMENT ON COLUMN tenant_directory.is_current IS
  'False: a former address, which leads to the present one and is kept from others: it is printed on cards.';

-- What stands between a tenant and its people: read with every session. Without a row: nothing.
CREATE TABLE tenant_access (
  tenant_id uuid PRIMARY KEY,
  second_factor_required_at timestamptz,
  suspended_at timestamptz,
  suspended_reason text CHECK (length(suspended_reason) BETWEEN 1 AND 2000)
);
COMMENT ON COLUMN tenant_access.second_factor_required_at IS 'Since when the tenant asks a second factor of its members.';
COMMENT ON COLUMN tenant_access.suspended_at IS 'Since when the platform lets nobody in; what is booked stands.';

CREATE TABLE memberships (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'staff', 'viewer')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id, created_at);

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  tenant_id uuid,
  token_hash bytea UNIQUE,
  user_agent text,
  ip text,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  tenant_only boolean NOT NULL DEFAULT false CHECK (NOT tenant_only OR tenant_id IS NOT NULL),
  support_reason text CHECK (length(support_reason) BETWEEN 10 AND 500),
  CHECK (support_reason IS NULL OR tenant_only)
);
CREATE INDEX sessions_user ON sessions (user_id, created_at);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
COMMENT ON COLUMN sessions.token_hash IS 'Of a browser: SHA-256 of its cookie. NULL: of a client of the API, which has refresh tokens.';
COMMENT ON COLUMN sessions.last_seen_at IS 'To within a quarter of an hour.';
COMMENT ON COLUMN sessions.tenant_id IS 'The tenant it acts in; NULL for an operator without one.';
COMMENT ON COLUMN sessions.tenant_only IS
  'Opened by the word of the tenant''s own provider: it leads to that tenant, and to nothing of the account itself.';
COMMENT ON COLUMN sessions.support_reason IS
  'Why an operator acts in that tenant, of which they are no member; NULL: it is no such session.';
CREATE INDEX sessions_tenant_only ON sessions (tenant_id, user_id) WHERE tenant_only;

-- A session is a family of refresh tokens: a used one that comes back revokes the session.
CREATE TABLE refresh_tokens (
  token_hash bytea PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
COMMENT ON COLUMN refresh_tokens.token_hash IS 'SHA-256 of 32 random bytes: what leaks from here signs nobody in.';

-- Requests for a new password: each is good for one.
CREATE TABLE password_resets (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX password_resets_user ON password_resets (user_id);

-- What an app and we share to make codes that change every half minute (TOTP, RFC 6238).
CREATE TABLE totp_secrets (
  user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  sealed bytea NOT NULL,
  last_step bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz
);
COMMENT ON COLUMN totp_secrets.sealed IS 'By a key of the deployment: see providers::vault.';
COMMENT ON COLUMN totp_secrets.last_step IS 'The half minute since 1970 of the last code that was accepted: each is accepted once.';

-- Codes for whoever has lost the app, each good once.
CREATE TABLE recovery_codes (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (user_id, code_hash)
);
COMMENT ON COLUMN recovery_codes.code_hash IS 'SHA-256 of a code of 80 random bits.';

-- What signs users in without a password (W3C Web Authentication).
CREATE TABLE passkeys (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  credential_id bytea NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 16 AND 1023),
  credential jsonb NOT NULL,
  alone boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  PRIMARY KEY (user_id, id)
);
COMMENT ON COLUMN passkeys.credential_id IS 'Of the authenticator: what it names itself by when it signs.';
COMMENT ON COLUMN passkeys.credential IS 'Public key, signature counter, backup state: nothing that signs anybody in.';
COMMENT ON COLUMN passkeys.alone IS
  'Whether it signs in without the password. Not since that was chosen anew by mail: somebody else may have added it.';

-- What authenticators are asked to sign. Each is answered once, or within minutes never.
CREATE TABLE passkey_challenges (
  token_hash bytea PRIMARY KEY,
  user_id uuid REFERENCES users ON DELETE CASCADE,
  state jsonb NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX passkey_challenges_created_at ON passkey_challenges (created_at);
CREATE INDEX passkey_challenges_user ON passkey_challenges (user_id) WHERE user_id IS NOT NULL;
COMMENT ON COLUMN passkey_challenges.token_hash IS 'SHA-256 of what whoever asked has besides: nobody else brings the answer.';
COMMENT ON COLUMN passkey_challenges.user_id IS 'Who is to have a new passkey; NULL: to sign in, whoever it is.';
COMMENT ON COLUMN passkey_challenges.state IS 'The challenge and what the answer has to be, as the library keeps it.';

-- Addresses that users want to have instead of theirs: changed by a link sent to the new one, undone by a link sent to
-- the old one.
CREATE TABLE email_changes (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  old_email text NOT NULL CHECK (length(old_email) <= 254),
  old_email_key text NOT NULL,
  email text NOT NULL CHECK (length(email) <= 254),
  email_key text NOT NULL,
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  undone_at timestamptz
);
CREATE INDEX email_changes_user ON email_changes (user_id, created_at);
CREATE INDEX email_changes_old ON email_changes (old_email_key, created_at);
COMMENT ON COLUMN email_changes.undone_at IS 'Or withdrawn, or overtaken by a later one: the link to confirm it opens nothing.';

-- What somebody else knows a user by: by their word the user is signed in. Linked by the user, who gave the password.
CREATE TABLE identities (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  provider text CHECK (provider IN ('google', 'microsoft')),
  tenant_id uuid,
  issuer text NOT NULL CHECK (length(issuer) <= 500),
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
  email text NOT NULL CHECK (length(email) <= 254),
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  CONSTRAINT identities_source CHECK (num_nonnulls(provider, tenant_id) = 1),
  CONSTRAINT identities_once UNIQUE NULLS NOT DISTINCT (provider, tenant_id, issuer, subject)
);
CREATE INDEX identities_user ON identities (user_id, created_at);
CREATE INDEX identities_tenant ON identities (tenant_id) WHERE tenant_id IS NOT NULL;
COMMENT ON COLUMN identities.tenant_id IS 'Whose own provider it is: what it says counts in that tenant alone.';
COMMENT ON COLUMN identities.email IS 'As it was when the user linked it: for them to know it by.';

-- Browsers that were sent to a provider and have yet to come back. Each comes back once.
CREATE TABLE sign_in_attempts (
  state_hash bytea PRIMARY KEY,
  browser_hash bytea NOT NULL,
  provider text CHECK (provider IN ('google', 'microsoft')),
  tenant_id uuid,
  nonce text NOT NULL,
  verifier text NOT NULL,
  next text NOT NULL CHECK (length(next) <= 2000),
  created_at timestamptz NOT NULL,
  CONSTRAINT sign_in_attempts_source CHECK (num_nonnulls(provider, tenant_id) = 1)
);
CREATE INDEX sign_in_attempts_created_at ON sign_in_attempts (created_at);
COMMENT ON COLUMN sign_in_attempts.browser_hash IS 'SHA-256 of its cookie: no other browser brings the answer.';

-- What came back and is linked to nobody: it waits for a user who says that it is theirs, in the same browser.
CREATE TABLE identity_offers (
  browser_hash bytea PRIMARY KEY,
  provider text CHECK (provider IN ('google', 'microsoft')),
  tenant_id uuid,
  issuer text NOT NULL CHECK (length(issuer) <= 500),
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
  email text NOT NULL CHECK (length(email) <= 254),
  created_at timestamptz NOT NULL,
  CONSTRAINT identity_offers_source CHECK (num_nonnulls(provider, tenant_id) = 1)
);
CREATE INDEX identity_offers_created_at ON identity_offers (created_at);

-- What happened to an account, for its user to see that nobody else did it. Nothing here is changed.
CREATE TABLE account_events (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  id uuid NOT NULL,
  kind text NOT NULL,
  user_agent text,
  ip text,
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, id)
);

GRANT SELECT, INSERT ON account_events TO harmony_identity;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON email_changes, totp_secrets, recovery_codes, passkeys, passkey_challenges, identities, sign_in_attempts, identity_offers
  TO harmony_identity;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON users, credentials, tenant_directory, tenant_access, memberships, sessions, refresh_tokens, password_resets
  TO harmony_identity;
GRANT SELECT, DELETE ON sessions TO harmony_system;
GRANT SELECT ON memberships TO harmony_system;
GRANT SELECT, INSERT, UPDATE ON tenant_access TO harmony_system;

-- All that workers may know of users: where to write to a member of their tenant, and to its owners.
CREATE FUNCTION member_contact(member uuid)
  RETURNS TABLE (email text, full_name text, locale text, email_verified_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.email, u.full_name, u.locale, u.email_verified_at FROM users u JOIN memberships m ON m.user_id = u.id
  WHERE u.id = member AND m.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
$$;
REVOKE ALL ON FUNCTION member_contact FROM PUBLIC;
GRANT EXECUTE ON FUNCTION member_contact TO harmony_app;

CREATE FUNCTION owner_contacts()
  RETURNS TABLE (id uuid, email text, full_name text, locale text, email_verified_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.id, u.email, u.full_name, u.locale, u.email_verified_at FROM users u JOIN memberships m ON m.user_id = u.id
  WHERE m.role = 'owner' AND m.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
  ORDER BY m.created_at, u.id
$$;
REVOKE ALL ON FUNCTION owner_contacts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION owner_contacts TO harmony_app;

-- What a worker tells a member of what happened to their account.
CREATE FUNCTION account_event(member uuid, event uuid)
  RETURNS TABLE (kind text, user_agent text, ip text, occurred_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT e.kind, e.user_agent, e.ip, e.occurred_at FROM account_events e JOIN memberships m ON m.user_id = e.user_id
  WHERE e.user_id = member AND e.id = event AND m.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
$$;
REVOKE ALL ON FUNCTION account_event FROM PUBLIC;
GRANT EXECUTE ON FUNCTION account_event TO harmony_app;

-- The addresses between which a member changes, as long as the change is open or done.
CREATE FUNCTION email_change(member uuid, change uuid)
  RETURNS TABLE (old_email text, email text, confirmed_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.old_email, c.email, c.confirmed_at FROM email_changes c JOIN memberships m ON m.user_id = c.user_id
  WHERE c.user_id = member AND c.id = change AND c.undone_at IS NULL
    AND m.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
$$;
REVOKE ALL ON FUNCTION email_change FROM PUBLIC;
GRANT EXECUTE ON FUNCTION email_change TO harmony_app;

-- Who is asked to become a member, by a link sent to their address.
CREATE TABLE invitations (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  email text NOT NULL CHECK (length(email) <= 254),
  email_key text NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'staff', 'viewer')),
  created_at timestamptz NOT NULL,
  created_by uuid NOT NULL,
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CALL protect_tenant_table('invitations');
CREATE INDEX invitations_open ON invitations (tenant_id, expires_at) WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- A tenant's own provider, by whose word its members sign in to it.
CREATE TABLE sso_connections (
  tenant_id uuid PRIMARY KEY REFERENCES tenants,
  issuer text NOT NULL CHECK (length(issuer) <= 500),
  client_id text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 255),
  sealed_secret bytea NOT NULL,
  domains text[] NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CALL protect_tenant_table('sso_connections');
-- A new key of the deployment seals what an old one did: of all tenants.
CREATE POLICY system ON sso_connections TO harmony_system USING (true) WITH CHECK (true);
GRANT SELECT (tenant_id, sealed_secret), UPDATE (sealed_secret) ON sso_connections TO harmony_system;
COMMENT ON COLUMN sso_connections.sealed_secret IS 'By a key of the deployment: see providers::vault.';
COMMENT ON COLUMN sso_connections.domains IS 'Of the addresses it may speak of; empty: of all.';
