//! Somebody who looks after the demo's platform, and something to look at: a week of runs, some of which failed.

use anyhow::Context;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use domain::contact::Email;
use domain::id::{BookingId, ImageId, TenantId, UserId};
use domain::locale::Locale;
use domain::password;
use domain::second_factor::{SECRET_LEN, SharedSecret};
use providers::vault::Vault;
use store::console::Slice;
use store::console::demo::{self, Job};
use store::users::{self, User};
use store::{Error, Store};

use super::PASSWORD;
use crate::random;
use crate::second_factor::SecondFactor;

pub(super) const OPERATOR: &str = "operator@harmony.example";
/// What their app was given, so that everybody who tries the demo has it.
const SECRET: &[u8; SECRET_LEN] = b"a secret of the demo";

/// What their app shows now.
pub(crate) fn code(now: DateTime<Utc>) -> anyhow::Result<String> {
    let shared = SharedSecret::new(SECRET, OPERATOR);
    shared.and_then(|shared| shared.code(now)).context("there is no code now")
}

/// A kind of job of the demo: how many runs an hour there are by day, and the classes of how long they wait and take.
struct Habit {
    job: Job,
    hourly: i64,
    waited: usize,
    ran: usize,
}

/// Makes them unless they are there.
pub(super) async fn make(
    store: &Store,
    vault: &Vault,
    tenants: &[TenantId],
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let email = Email::parse(OPERATOR)?;
    let hash = password::hash(PASSWORD, random()?);
    let user = User::new(&email, "Olivia Perrin".to_owned(), Locale::Fr, now);
    let factor = SecondFactor::new(vault, user.id, OPERATOR, *SECRET)?;
    let is_new: Result<bool, Error> = store
        .identity()
        .transaction(async |tx| {
            if users::find_by_email(tx, &email.key).await?.is_some() {
                return Ok(false);
            }
            users::add(tx, &user, &hash).await?;
            factor.set_up(tx, user.id, now).await?;
            users::make_operator(tx, user.id, now).await?;
            users::verify_email(tx, user.id, now).await?;
            Ok(true)
        })
        .await;
    if !is_new? {
        return Ok(());
    }
    let history = history(now)?;
    let written: Result<(), Error> = store
        .system()
        .transaction(async |tx| {
            for (job, minute, runs) in &history {
                demo::minute(tx, job, *minute, runs).await?;
            }
            for (index, tenant_id) in tenants.iter().enumerate() {
                let minutes = i64::try_from(index).unwrap_or(0) * 7;
                for (ago, job, error) in failures(now) {
                    let at = now - TimeDelta::minutes(ago + minutes);
                    demo::failed(tx, *tenant_id, &job, error, at).await?;
                }
                for days in [30, 60, 90] {
                    let due = now + TimeDelta::days(days);
                    demo::scheduled(tx, *tenant_id, &confirmation(due), (due, now)).await?;
                }
            }
            Ok(())
        })
        .await;
    Ok(written?)
}

/// Of a booking that nobody made: run again, there is nothing to do.
fn confirmation(at: DateTime<Utc>) -> Job {
    Job::SendBookingConfirmation { booking_id: BookingId::mint(at), sequence: 0 }
}

/// What failed: how many minutes ago, and why.
fn failures(now: DateTime<Utc>) -> Vec<(i64, Job, &'static str)> {
    let booking_id = BookingId::mint(now);
    vec![
        (11, confirmation(now), "the mail server refused the recipient: 550 5.1.1 no such mailbox"),
        (38, confirmation(now), "the mail server did not answer within 30 s"),
        (
            64,
            Job::MakeBookingSummary { booking_id, sequence: 0 },
            "the file could not be stored: no space left on device",
        ),
        (
            190,
            Job::DropImage { image_id: ImageId::mint(now) },
            "the file could not be removed: permission denied",
        ),
    ]
}

/// A week, by the minute in the last two hours, by the quarter of an hour in the last day, by two hours before.
fn history(now: DateTime<Utc>) -> anyhow::Result<Vec<(Job, DateTime<Utc>, Slice)>> {
    let (booking_id, user_id) = (BookingId::mint(now), UserId::mint(now));
    let habit = |job, hourly, waited, ran| Habit { job, hourly, waited, ran };
    let habits = [
        habit(confirmation(now), 140, 6, 8),
        habit(Job::SendBookingReschedule { booking_id, sequence: 1 }, 30, 6, 8),
        habit(Job::SendBookingCancellation { booking_id, sequence: 1 }, 18, 6, 8),
        habit(Job::SendEmailVerification { user_id }, 9, 5, 8),
        habit(Job::MakeBookingSummary { booking_id, sequence: 0 }, 120, 7, 9),
        habit(Job::DropImage { image_id: ImageId::mint(now) }, 12, 5, 4),
        habit(Job::SweepExpired {}, 6, 5, 10),
    ];
    let last = now.duration_trunc(TimeDelta::minutes(1))?;
    let mut times = Vec::new();
    let mut ago = 1;
    while ago < 7 * 24 * 60 {
        let minutes = match ago {
            ..120 => 1,
            120..1_440 => 15,
            _ => 120,
        };
        times.push((last - TimeDelta::minutes(ago), minutes));
        ago += minutes;
    }
    let mut chance = Chance(7);
    let mut rows = Vec::new();
    for (at, minutes) in times {
        for habit in &habits {
            rows.push((habit.job.clone(), at, habit.runs(at, minutes, &mut chance)));
        }
    }
    Ok(rows)
}

impl Habit {
    /// Less by night, more in the morning and before the evening.
    fn runs(&self, at: DateTime<Utc>, minutes: i64, chance: &mut Chance) -> Slice {
        let hour = (at.timestamp() / 3_600) % 24;
        let busy = [2, 1, 1, 1, 1, 2, 5, 9, 14, 16, 15, 13, 11, 13, 15, 16, 17, 15, 12, 9, 7, 5, 4, 3];
        let weight = usize::try_from(hour).ok().and_then(|hour| busy.get(hour)).copied().unwrap_or(1);
        let usual = self.hourly * minutes * weight;
        // In parts of 600: an hour's minutes times ten, the usual weight.
        let wanted = usual * (50 + chance.below(100)) / 100;
        let runs = wanted / 600 + i64::from(chance.below(600) < wanted % 600);
        let mut slice = Slice::default();
        for _ in 0..runs {
            match chance.below(1_000) {
                0..4 => slice.dead += 1,
                4..25 => slice.again += 1,
                25..40 => slice.dropped += 1,
                _ => slice.done += 1,
            }
            for (counts, usual) in [(&mut slice.waited, self.waited), (&mut slice.ran, self.ran)] {
                // Most are near to the usual, few take eight times as long.
                let more = match chance.below(10) {
                    ..6 => 0,
                    6..8 => 1,
                    8 => 2,
                    _ => 3,
                };
                let class = (usual + more).saturating_sub(usize::from(chance.below(3) == 0));
                if let Some(count) = counts.get_mut(class) {
                    *count += 1;
                }
            }
        }
        slice
    }
}

/// The same each time (Knuth's MMIX): pictures of a demo are alike.
struct Chance(u64);

impl Chance {
    /// 0 and more, less than `end`.
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }
}
