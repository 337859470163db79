DROP FUNCTION owner_contacts;
UPDATE messages SET status = 'failed' WHERE status = 'suppressed';
ALTER TABLE messages DROP COLUMN audience, DROP CONSTRAINT messages_status_check,
  ADD CONSTRAINT messages_status_check CHECK (status IN ('sending', 'sent', 'failed'));
COMMENT ON COLUMN messages.error IS NULL;
