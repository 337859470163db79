//! The registry of personal data: every table and its columns that say something of a person. Export, erasure and
//! retention read it, and a test fails on a table it lacks.

use chrono::{DateTime, Months, Utc};

/// Bookings keep whom they were for, and customers who no longer come stay known, for this long (GDPR, article 5 (1) (e)).
pub const KEPT: Months = Months::new(24);
/// Accounts of no tenant stay for this long after they were last used.
pub const UNUSED: Months = Months::new(12);

/// From when on it is known who came.
pub fn kept_from(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_sub_months(KEPT).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// An account that was not used since then is unused.
pub fn unused_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_sub_months(UNUSED).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// What is personal in one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Personal {
    pub table: &'static str,
    pub columns: &'static [&'static str],
}

const fn personal(table: &'static str, columns: &'static [&'static str]) -> Personal {
    Personal { table, columns }
}

/// Every table of the schema, also those without anything personal.
pub const REGISTRY: &[Personal] = &[
    personal("account_events", &["user_agent", "ip"]),
    personal("allocations", &[]),
    personal("api_keys", &[]),
    personal("audit_events", &["before", "after", "ip", "reason"]),
    personal("blocked_contacts", &["contact_key"]),
    personal("booking_series", &[]),
    personal("booking_terms", &["term"]),
    personal(
        "bookings",
        &[
            "answers",
            "contact_name",
            "contact_email",
            "contact_email_key",
            "contact_phone",
            "address",
            "note",
            "internal_note",
            "cancellation_reason",
        ],
    ),
    personal("busy_blocks", &[]),
    personal("calendar_feeds", &[]),
    personal("closures", &["reason"]),
    personal("consents", &[]),
    personal("credentials", &["password_hash"]),
    personal("customer_addresses", &["email_key"]),
    personal("customer_blocks", &["reason"]),
    personal("customer_import_flaws", &["value"]),
    personal("customer_imports", &["file_name", "header"]),
    personal("customer_keys", &["key"]),
    personal("customer_merges", &[]),
    personal("customer_sessions", &[]),
    personal("customer_sign_ins", &["email_key"]),
    personal("customer_tags", &["tag_key", "name"]),
    personal("customer_terms", &["term"]),
    personal("customers", &["name", "name_key", "email", "email_key", "phone_e164", "note"]),
    personal("documents", &["path"]),
    personal("domain_events", &[]),
    personal("email_changes", &["old_email", "old_email_key", "email", "email_key"]),
    personal("group_sessions", &[]),
    personal("idempotency_keys", &["response"]),
    personal("identities", &["subject", "email"]),
    personal("identity_offers", &["subject", "email"]),
    personal("images", &[]),
    personal("intake_files", &["name"]),
    personal("invitations", &["email", "email_key"]),
    personal("job_minutes", &[]),
    personal("job_progress", &[]),
    personal("jobs", &[]),
    personal("memberships", &[]),
    personal("messages", &["recipient"]),
    personal("openings", &[]),
    personal("passkey_challenges", &[]),
    personal("passkeys", &["name", "credential_id", "credential"]),
    personal("password_resets", &[]),
    personal("private_events", &["title", "note"]),
    personal("queue_settings", &[]),
    personal("recovery_codes", &[]),
    personal("refresh_tokens", &[]),
    personal("rooms", &[]),
    personal("schedule_ticks", &[]),
    personal("service_questions", &[]),
    personal("service_rooms", &[]),
    personal("service_staff", &[]),
    personal("services", &[]),
    personal("sessions", &["user_agent", "ip", "support_reason"]),
    personal("setup_steps", &[]),
    personal("sign_in_attempts", &[]),
    personal("sso_connections", &[]),
    personal("staff", &["name", "email"]),
    personal("tenant_access", &["suspended_reason"]),
    personal("tenant_directory", &[]),
    personal(
        "tenants",
        &["contact_email", "phone_e164", "address", "legal_name", "publisher", "siret", "vat_id"],
    ),
    personal("totp_secrets", &["sealed"]),
    personal("usage", &[]),
    personal("users", &["email", "email_key", "full_name"]),
    personal(
        "waitlist_entries",
        &["contact_name", "contact_email", "contact_email_key", "contact_phone", "address", "note"],
    ),
    personal("weekly_rules", &[]),
    personal("workers", &[]),
];
