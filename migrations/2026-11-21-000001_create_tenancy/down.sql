DROP TABLE idempotency_keys, usage, audit_events, domain_events, tenants, images;
DROP PROCEDURE protect_tenant_table;
