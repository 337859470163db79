DROP TABLE idempotency_keys, usage, audit_events, domain_events, tenants;
DROP PROCEDURE protect_tenant_table;
