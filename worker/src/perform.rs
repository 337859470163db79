//! The one place where a job meets its function.

use crate::context::Context;
use crate::maintenance;
use crate::runtime::Envelope;
use jobs::{Job, JobError};

/// Runs a job. Whatever it does is done again when its worker dies: effects are idempotent.
pub async fn perform(context: &Context, envelope: Envelope) -> Result<(), JobError> {
    match envelope.job {
        Job::SweepExpired {} => maintenance::sweep_expired(context).await,
        Job::SendBookingConfirmation { .. }
        | Job::SendBookingCancellation { .. }
        | Job::MakeBookingSummary { .. }
        | Job::SendEmailVerification { .. } => {
            Err(JobError::Dead("this release has no function for it".to_owned()))
        }
    }
}
