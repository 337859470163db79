DROP FUNCTION owner_contacts;
DROP FUNCTION member_contact;
DROP TABLE password_resets, refresh_tokens, sessions, memberships, tenant_directory, credentials, users;
