-- What of the first steps a tenant has taken that no other row tells.
CREATE TABLE setup_steps (
  tenant_id uuid NOT NULL REFERENCES tenants,
  step text NOT NULL CHECK (step IN ('hours', 'page', 'link', 'dismissed')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, step)
);
CALL protect_tenant_table('setup_steps');
