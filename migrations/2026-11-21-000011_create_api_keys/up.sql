-- Keys of the API: what programs show that act for a tenant. Kept as SHA-256: 256 random bits need no slow hash.
CREATE TABLE api_keys (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  prefix text NOT NULL CHECK (length(prefix) = 11),
  key_hash bytea NOT NULL CHECK (length(key_hash) = 32),
  scopes text[] NOT NULL CHECK (cardinality(scopes) > 0
    AND scopes <@ ARRAY['read', 'manage_bookings', 'manage_catalogue', 'manage_tenant']),
  created_at timestamptz NOT NULL,
  created_by uuid,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, key_hash)
);
CALL protect_tenant_table('api_keys');
COMMENT ON COLUMN api_keys.prefix IS 'How the key begins: what is shown of it, to know it by.';
COMMENT ON COLUMN api_keys.last_used_at IS 'Within some seconds: see the meter of the API.';
