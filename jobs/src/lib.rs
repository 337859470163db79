//! Every job there is: its payload, queue, attempts and timeout. A wire format: what was written by yesterday's release
//! is read by today's, so variants are retired, never renamed, and payloads hold ids, never rows or personal data.

mod delivery;
mod policy;

pub use delivery::{Delivery, Malformed};
pub use policy::{Backoff, JobError, Policy, Priority};

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{
    AccountEventId, BookingId, CustomerSignInId, DocumentId, EmailChangeId, EventId, ImageId, ImportId,
    IntakeFileId, InvitationId, JobId, ResetId, SeriesId, UserId, WaitlistEntryId,
};
use domain::plan::Limit;
use serde::{Deserialize, Serialize};

/// Where a job waits. Each has a worker binary of its own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Queue {
    Email,
    Pdf,
    Maintenance,
}

impl Queue {
    pub const ALL: [Self; 3] = [Self::Email, Self::Pdf, Self::Maintenance];

    /// Its place in [`Self::ALL`].
    pub const fn index(self) -> u8 {
        match self {
            Self::Email => 0,
            Self::Pdf => 1,
            Self::Maintenance => 2,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Pdf => "pdf",
            Self::Maintenance => "maintenance",
        }
    }

    /// Its queue, or nothing if this release has none of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.name() == name)
    }

    /// Jobs of one tenant, of each priority, that may be out at a time, unless an operator says otherwise. `None`: any
    /// number. PDFs take a processor each: no tenant may have all of them.
    pub const fn per_tenant(self) -> Option<i32> {
        match self {
            Self::Pdf => Some(8),
            Self::Email | Self::Maintenance => None,
        }
    }
}

/// A unit of background work. `kind` in the ledger is the variant's name in `snake_case`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Job {
    /// Tells the customer that the booking stands, as of `sequence`.
    SendBookingConfirmation { booking_id: BookingId, sequence: i32 },
    /// Tells the customer that the booking was cancelled, as of `sequence`.
    SendBookingCancellation { booking_id: BookingId, sequence: i32 },
    /// Tells the customer that the booking was moved to another time, as of `sequence`.
    SendBookingReschedule { booking_id: BookingId, sequence: i32 },
    /// Makes the PDF that sums the booking up, as of `sequence`.
    MakeBookingSummary { booking_id: BookingId, sequence: i32 },
    /// Asks a new user to prove their address.
    SendEmailVerification { user_id: UserId },
    /// Lets a user choose a new password, as they asked then.
    SendPasswordReset { user_id: UserId, reset_id: ResetId, asked_at: DateTime<Utc> },
    /// Tells a user that somebody, likely they, signed up again with their address.
    SendAccountReminder { user_id: UserId },
    /// Lets a user sign in whom others have locked out since then.
    SendUnlockLink { user_id: UserId, locked_at: DateTime<Utc> },
    /// Lets a customer sign in, if the address that was typed leads to one.
    SendCustomerSignIn { sign_in_id: CustomerSignInId },
    /// Has a user prove the address that they want to have, as they asked then.
    SendEmailConfirmation { user_id: UserId, change_id: EmailChangeId, asked_at: DateTime<Utc> },
    /// Tells a user, at the address that they had, that it is to be another, as they asked then.
    SendEmailChangeNotice { user_id: UserId, change_id: EmailChangeId, asked_at: DateTime<Utc> },
    /// Tells a user what happened to their account.
    SendAccountNotice { user_id: UserId, event_id: AccountEventId },
    /// Tells an owner what the platform did to their tenant, as an event of its audit trail has it.
    SendPlatformNotice { user_id: UserId, event_id: EventId },
    /// Asks somebody to become a member.
    SendInvitation { invitation_id: InvitationId },
    /// Tells the owners how much of their plan is used: `percent` of `limit` in the period that began then.
    SendLimitWarning { limit: Limit, period_start: NaiveDate, percent: u8 },
    /// Removes the files of a picture, unless it stands somewhere.
    DropImage { image_id: ImageId },
    /// Tells the customer what awaits them tomorrow, as of `sequence`.
    SendBookingReminder { booking_id: BookingId, sequence: i32 },
    /// Has the bookings of that date reminded of.
    RemindOfBookings { date: NaiveDate },
    /// Has every tenant remind of tomorrow's bookings whose evening came after `since`, until `until`.
    RemindTenants { since: DateTime<Utc>, until: DateTime<Utc> },
    /// Ends a booking whose deposit was not paid in time.
    ExpireHold { booking_id: BookingId },
    /// Writes all customers into a file that the member who asked can download.
    ExportCustomers { asked_by: UserId },
    /// Removes the file of an export that somebody asked for.
    DropExport { export_id: JobId },
    /// Brings the customers of a file in.
    ImportCustomers { import_id: ImportId },
    /// Removes the file of an import and what is known of it.
    DropImport { import_id: ImportId },
    /// Removes a file that was sent as an answer, unless a booking has taken it.
    DropIntakeFile { file_id: IntakeFileId },
    /// Removes a document and its file: what it tells is to be forgotten.
    DropDocument { document_id: DocumentId },
    /// Has every tenant write out what has come within reach of its private events.
    ExtendTenants {},
    /// Writes out what has come within reach of the private events that recur.
    ExtendPrivateEvents {},
    /// Tells somebody that they are on the waitlist.
    SendWaitlistWelcome { entry_id: WaitlistEntryId },
    /// Tells somebody who waits that a time is kept for them, as of `sequence`.
    SendWaitlistOffer { booking_id: BookingId, sequence: i32 },
    /// Offers time that became free to those who wait for it, one after the other.
    OfferFreedTime { from: DateTime<Utc>, to: DateTime<Utc> },
    /// Tells the customer that bookings which recur stand.
    SendSeriesConfirmation { series_id: SeriesId },
    /// Removes accounts that nobody uses, and has every tenant forget what it may keep no longer.
    ApplyRetention {},
    /// Forgets who came long ago, and who has not come since.
    ForgetOldRecords {},
    /// Removes what has expired: sessions, idempotency keys, old records of the fleet.
    SweepExpired {},
}

impl Job {
    /// The table of all jobs: queue, attempts, timeout in seconds, and where they differ priority and backoff. Mail outlives
    /// a mail server that is away for hours.
    pub const fn policy(&self) -> Policy {
        match self {
            Self::SendBookingConfirmation { .. }
            | Self::SendBookingCancellation { .. }
            | Self::SendBookingReschedule { .. }
            | Self::SendEmailVerification { .. }
            | Self::SendPasswordReset { .. }
            | Self::SendAccountReminder { .. }
            | Self::SendUnlockLink { .. }
            | Self::SendCustomerSignIn { .. }
            | Self::SendEmailConfirmation { .. }
            | Self::SendEmailChangeNotice { .. }
            | Self::SendAccountNotice { .. }
            | Self::SendPlatformNotice { .. }
            | Self::SendInvitation { .. }
            | Self::SendLimitWarning { .. }
            | Self::SendWaitlistWelcome { .. }
            | Self::SendWaitlistOffer { .. }
            | Self::SendSeriesConfirmation { .. } => Policy::new(Queue::Email, 20, 30).backoff(2, 3600),
            // All of a country's at once.
            Self::SendBookingReminder { .. } => Policy::new(Queue::Email, 20, 30).backoff(2, 3600).bulk(),
            Self::MakeBookingSummary { .. } => Policy::new(Queue::Pdf, 4, 30),
            Self::DropImage { .. }
            | Self::DropExport { .. }
            | Self::DropImport { .. }
            | Self::DropIntakeFile { .. }
            | Self::DropDocument { .. } => Policy::new(Queue::Maintenance, 8, 60),
            Self::ExtendPrivateEvents {} | Self::ForgetOldRecords {} => {
                Policy::new(Queue::Maintenance, 8, 300).bulk()
            }
            Self::RemindOfBookings { .. }
            | Self::RemindTenants { .. }
            | Self::ExtendTenants {}
            | Self::ApplyRetention {} => Policy::new(Queue::Maintenance, 8, 120).backoff(5, 600),
            Self::ExpireHold { .. } => Policy::new(Queue::Maintenance, 20, 30).backoff(1, 60),
            Self::OfferFreedTime { .. } => Policy::new(Queue::Maintenance, 20, 120).backoff(1, 60),
            Self::ExportCustomers { .. } | Self::ImportCustomers { .. } => {
                Policy::new(Queue::Maintenance, 5, 900).bulk()
            }
            Self::SweepExpired {} => Policy::new(Queue::Maintenance, 3, 300).backoff(60, 600),
        }
    }

    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SendBookingConfirmation { .. } => "send_booking_confirmation",
            Self::SendBookingCancellation { .. } => "send_booking_cancellation",
            Self::SendBookingReschedule { .. } => "send_booking_reschedule",
            Self::SendBookingReminder { .. } => "send_booking_reminder",
            Self::RemindOfBookings { .. } => "remind_of_bookings",
            Self::RemindTenants { .. } => "remind_tenants",
            Self::ExpireHold { .. } => "expire_hold",
            Self::ExportCustomers { .. } => "export_customers",
            Self::MakeBookingSummary { .. } => "make_booking_summary",
            Self::SendEmailVerification { .. } => "send_email_verification",
            Self::SendPasswordReset { .. } => "send_password_reset",
            Self::SendAccountReminder { .. } => "send_account_reminder",
            Self::SendUnlockLink { .. } => "send_unlock_link",
            Self::SendCustomerSignIn { .. } => "send_customer_sign_in",
            Self::SendEmailConfirmation { .. } => "send_email_confirmation",
            Self::SendEmailChangeNotice { .. } => "send_email_change_notice",
            Self::SendAccountNotice { .. } => "send_account_notice",
            Self::SendPlatformNotice { .. } => "send_platform_notice",
            Self::SendInvitation { .. } => "send_invitation",
            Self::SendLimitWarning { .. } => "send_limit_warning",
            Self::DropImage { .. } => "drop_image",
            Self::DropExport { .. } => "drop_export",
            Self::ImportCustomers { .. } => "import_customers",
            Self::DropImport { .. } => "drop_import",
            Self::DropIntakeFile { .. } => "drop_intake_file",
            Self::DropDocument { .. } => "drop_document",
            Self::ExtendTenants {} => "extend_tenants",
            Self::ExtendPrivateEvents {} => "extend_private_events",
            Self::SendWaitlistWelcome { .. } => "send_waitlist_welcome",
            Self::SendWaitlistOffer { .. } => "send_waitlist_offer",
            Self::OfferFreedTime { .. } => "offer_freed_time",
            Self::SendSeriesConfirmation { .. } => "send_series_confirmation",
            Self::ApplyRetention {} => "apply_retention",
            Self::ForgetOldRecords {} => "forget_old_records",
            Self::SweepExpired {} => "sweep_expired",
        }
    }

    /// The payload alone, as the ledger keeps it beside the kind.
    pub fn payload(&self) -> serde_json::Value {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(mut job)) => job.remove("payload").unwrap_or_default(),
            // Ids and integers always serialise.
            _ => serde_json::Value::Null,
        }
    }

    /// Reads what the ledger or the road carried. An unknown kind or a payload of another shape is an error.
    pub fn parse(kind: &str, payload: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            kind: &'a str,
            payload: &'a serde_json::value::RawValue,
        }
        let whole = serde_json::to_vec(&Whole { kind, payload: serde_json::from_slice(payload)? })?;
        serde_json::from_slice(&whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn payloads_are_a_wire_format() {
        let id = Uuid::nil();
        let jobs = [
            (
                Job::SendBookingConfirmation { booking_id: BookingId(id), sequence: 0 },
                r#"{"booking_id":"00000000-0000-0000-0000-000000000000","sequence":0}"#,
            ),
            (
                Job::SendBookingCancellation { booking_id: BookingId(id), sequence: 1 },
                r#"{"booking_id":"00000000-0000-0000-0000-000000000000","sequence":1}"#,
            ),
            (
                Job::SendBookingReschedule { booking_id: BookingId(id), sequence: 1 },
                r#"{"booking_id":"00000000-0000-0000-0000-000000000000","sequence":1}"#,
            ),
            (
                Job::MakeBookingSummary { booking_id: BookingId(id), sequence: 0 },
                r#"{"booking_id":"00000000-0000-0000-0000-000000000000","sequence":0}"#,
            ),
            (
                Job::SendEmailVerification { user_id: UserId(id) },
                r#"{"user_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendPasswordReset {
                    user_id: UserId(id),
                    reset_id: ResetId(id),
                    asked_at: "2026-11-21T10:00:00Z".parse().unwrap(),
                },
                r#"{"asked_at":"2026-11-21T10:00:00Z","reset_id":"00000000-0000-0000-0000-000000000000","user_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendUnlockLink { user_id: UserId(id), locked_at: DateTime::UNIX_EPOCH },
                r#"{"locked_at":"1970-01-01T00:00:00Z","user_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendCustomerSignIn { sign_in_id: CustomerSignInId(id) },
                r#"{"sign_in_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendAccountReminder { user_id: UserId(id) },
                r#"{"user_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendEmailConfirmation {
                    user_id: UserId(id),
                    change_id: EmailChangeId(id),
                    asked_at: "2026-11-21T10:00:00Z".parse().unwrap(),
                },
                r#"{"asked_at":"2026-11-21T10:00:00Z","change_id":"00000000-0000-0000-0000-000000000000","user_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendEmailChangeNotice {
                    user_id: UserId(id),
                    change_id: EmailChangeId(id),
                    asked_at: "2026-11-21T10:00:00Z".parse().unwrap(),
                },
                r#"{"asked_at":"2026-11-21T10:00:00Z","change_id":"00000000-0000-0000-0000-000000000000","user_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendAccountNotice { user_id: UserId(id), event_id: AccountEventId(id) },
                r#"{"event_id":"00000000-0000-0000-0000-000000000000","user_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendPlatformNotice { user_id: UserId(id), event_id: EventId(id) },
                r#"{"event_id":"00000000-0000-0000-0000-000000000000","user_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendInvitation { invitation_id: InvitationId(id) },
                r#"{"invitation_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendLimitWarning {
                    limit: Limit::BookingsPerMonth,
                    period_start: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap(),
                    percent: 80,
                },
                r#"{"limit":"bookings_per_month","percent":80,"period_start":"2026-11-01"}"#,
            ),
            (
                Job::DropImage { image_id: ImageId(id) },
                r#"{"image_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendBookingReminder { booking_id: BookingId(id), sequence: 0 },
                r#"{"booking_id":"00000000-0000-0000-0000-000000000000","sequence":0}"#,
            ),
            (
                Job::RemindOfBookings { date: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap() },
                r#"{"date":"2026-11-22"}"#,
            ),
            (
                Job::RemindTenants {
                    since: "2026-11-21T16:45:00Z".parse().unwrap(),
                    until: "2026-11-21T17:00:00Z".parse().unwrap(),
                },
                r#"{"since":"2026-11-21T16:45:00Z","until":"2026-11-21T17:00:00Z"}"#,
            ),
            (
                Job::SendSeriesConfirmation { series_id: SeriesId(id) },
                r#"{"series_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendWaitlistWelcome { entry_id: WaitlistEntryId(id) },
                r#"{"entry_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::SendWaitlistOffer { booking_id: BookingId(id), sequence: 0 },
                r#"{"booking_id":"00000000-0000-0000-0000-000000000000","sequence":0}"#,
            ),
            (
                Job::OfferFreedTime {
                    from: "2026-11-21T10:00:00Z".parse().unwrap(),
                    to: "2026-11-21T11:00:00Z".parse().unwrap(),
                },
                r#"{"from":"2026-11-21T10:00:00Z","to":"2026-11-21T11:00:00Z"}"#,
            ),
            (
                Job::ExpireHold { booking_id: BookingId(id) },
                r#"{"booking_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::ExportCustomers { asked_by: UserId(id) },
                r#"{"asked_by":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::DropExport { export_id: JobId(id) },
                r#"{"export_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::ImportCustomers { import_id: ImportId(id) },
                r#"{"import_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::DropImport { import_id: ImportId(id) },
                r#"{"import_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::DropDocument { document_id: DocumentId(id) },
                r#"{"document_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (
                Job::DropIntakeFile { file_id: IntakeFileId(id) },
                r#"{"file_id":"00000000-0000-0000-0000-000000000000"}"#,
            ),
            (Job::SweepExpired {}, "{}"),
            (Job::ExtendTenants {}, "{}"),
            (Job::ApplyRetention {}, "{}"),
            (Job::ForgetOldRecords {}, "{}"),
            (Job::ExtendPrivateEvents {}, "{}"),
        ];
        for (job, payload) in jobs {
            assert_eq!(job.payload().to_string(), payload);
            assert_eq!(Job::parse(job.kind(), payload.as_bytes()).unwrap(), job);
        }
    }

    #[test]
    fn mail_outlives_a_mail_server_that_is_away_for_hours() {
        let user_id = UserId(Uuid::nil());
        let Policy { attempts, backoff, .. } = Job::SendEmailVerification { user_id }.policy();
        // Half of the longest wait is waited, as things go.
        let waits = (0..attempts - 1).map(|attempt| backoff.longest(attempt) / 2);
        assert!(waits.sum::<std::time::Duration>() > std::time::Duration::from_hours(4));
    }

    #[test]
    fn an_unknown_kind_is_an_error() {
        assert!(Job::parse("send_pigeon", b"{}").is_err());
        assert!(Job::parse("send_email_verification", b"{}").is_err());
        assert!(Job::parse("send_email_verification", b"nonsense").is_err());
    }
}
