//! The one place where a job meets its function.

use crate::bookings::{self, Message};
use crate::context::Context;
use crate::runtime::Envelope;
use crate::{
    customers, documents, exports, images, imports, intake, maintenance, private_events, reminders,
    retention, series, usage, users, waitlist,
};
use domain::wall_clock::Interval;
use jobs::{Job, JobError};

/// Runs a job. Whatever it does is done again when its worker dies: effects are idempotent.
pub async fn perform(context: &Context, envelope: Envelope) -> Result<(), JobError> {
    match envelope.job {
        Job::SendBookingConfirmation { booking_id, sequence } => {
            bookings::send(context, &envelope, Message::Confirmation, booking_id, sequence).await
        }
        Job::SendBookingCancellation { booking_id, sequence } => {
            bookings::send(context, &envelope, Message::Cancellation, booking_id, sequence).await
        }
        Job::SendBookingReschedule { booking_id, sequence } => {
            bookings::send(context, &envelope, Message::Reschedule, booking_id, sequence).await
        }
        Job::SendBookingReminder { booking_id, sequence } => {
            bookings::send(context, &envelope, Message::Reminder, booking_id, sequence).await
        }
        Job::SendSeriesConfirmation { series_id } => {
            series::send_confirmation(context, &envelope, series_id).await
        }
        Job::SendWaitlistOffer { booking_id, sequence } => {
            bookings::send(context, &envelope, Message::Offer, booking_id, sequence).await
        }
        Job::SendWaitlistWelcome { entry_id } => waitlist::send_welcome(context, &envelope, entry_id).await,
        Job::OfferFreedTime { from, to } => {
            Box::pin(waitlist::offer_freed_time(context, &envelope, Interval::new(from, to))).await
        }
        Job::RemindOfBookings { date } => reminders::remind_of_bookings(context, &envelope, date).await,
        Job::RemindTenants { since, until } => reminders::remind_tenants(context, since, until).await,
        Job::MakeBookingSummary { booking_id, sequence } => {
            bookings::make_summary(context, &envelope, booking_id, sequence).await
        }
        Job::SendEmailVerification { user_id } => users::send_verification(context, &envelope, user_id).await,
        Job::SendPasswordReset { user_id, reset_id, asked_at } => {
            users::send_password_reset(context, &envelope, user_id, reset_id, asked_at).await
        }
        Job::SendEmailConfirmation { user_id, change_id, asked_at } => {
            users::send_email_confirmation(context, &envelope, user_id, change_id, asked_at).await
        }
        Job::SendEmailChangeNotice { user_id, change_id, asked_at } => {
            users::send_email_change_notice(context, &envelope, user_id, change_id, asked_at).await
        }
        Job::SendAccountNotice { user_id, event_id } => {
            users::send_account_notice(context, &envelope, user_id, event_id).await
        }
        Job::SendPlatformNotice { user_id, event_id } => {
            users::send_platform_notice(context, &envelope, user_id, event_id).await
        }
        Job::SendInvitation { invitation_id } => {
            users::send_invitation(context, &envelope, invitation_id).await
        }
        Job::SendUnlockLink { user_id, locked_at } => {
            users::send_unlock_link(context, &envelope, user_id, locked_at).await
        }
        Job::SendCustomerSignIn { sign_in_id } => {
            customers::send_sign_in(context, &envelope, sign_in_id).await
        }
        Job::SendAccountReminder { user_id } => users::send_reminder(context, &envelope, user_id).await,
        Job::SendLimitWarning { limit, period_start, percent } => {
            usage::send_limit_warning(context, &envelope, limit, period_start, percent).await
        }
        Job::DropExport { export_id } => exports::drop_export(context, envelope.tenant_id, export_id).await,
        Job::DropImage { image_id } => images::drop_image(context, &envelope, image_id).await,
        Job::ExpireHold { booking_id } => bookings::expire_hold(context, &envelope, booking_id).await,
        Job::ExportCustomers { .. } => exports::export_customers(context, &envelope).await,
        Job::ImportCustomers { import_id } => {
            Box::pin(imports::import_customers(context, &envelope, import_id)).await
        }
        Job::DropImport { import_id } => imports::drop_import(context, envelope.tenant_id, import_id).await,
        Job::DropDocument { document_id } => {
            documents::drop_document(context, envelope.tenant_id, document_id).await
        }
        Job::DropIntakeFile { file_id } => intake::drop_file(context, envelope.tenant_id, file_id).await,
        Job::ApplyRetention {} => retention::retain(context).await,
        Job::ForgetOldRecords {} => retention::forget(context, &envelope).await,
        Job::ExtendTenants {} => private_events::extend_tenants(context).await,
        Job::ExtendPrivateEvents {} => private_events::extend(context, &envelope).await,
        Job::SweepExpired {} => maintenance::sweep_expired(context).await,
    }
}
