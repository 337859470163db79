DROP FUNCTION email_change;
DROP FUNCTION account_event;
DROP FUNCTION owner_contacts;
DROP FUNCTION member_contact;
DROP TABLE sso_connections, identity_offers, sign_in_attempts, identities, invitations, account_events, email_changes, passkey_challenges, passkeys, recovery_codes, totp_secrets, password_resets, refresh_tokens, sessions, memberships, tenant_access, tenant_directory,
  credentials, users;
