-- Mails that a tenant may not send yet are kept too, and workers can write to owners.

-- Who reads it: what goes to customers is what is bounded.
ALTER TABLE messages DROP CONSTRAINT messages_status_check,
  ADD CONSTRAINT messages_status_check CHECK (status IN ('sending', 'sent', 'failed', 'suppressed')),
  ADD COLUMN audience text NOT NULL DEFAULT 'customer' CHECK (audience IN ('customer', 'member'));
UPDATE messages SET audience = 'member' WHERE kind = 'email_verification';
COMMENT ON COLUMN messages.error IS 'Why it failed or was suppressed. Holds no address.';

-- Beside member_contact, all that workers may know of users: where to write to the owners of their tenant.
CREATE FUNCTION owner_contacts()
  RETURNS TABLE (id uuid, email text, full_name text, locale text, email_verified_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.id, u.email, u.full_name, u.locale, u.email_verified_at FROM users u JOIN memberships m ON m.user_id = u.id
  WHERE m.role = 'owner' AND m.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
  ORDER BY m.created_at, u.id
$$;
REVOKE ALL ON FUNCTION owner_contacts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION owner_contacts TO harmony_app;
