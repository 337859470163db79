//! What the end of a run means for its job.

use jobs::{Backoff, JobError};
use providers::mail::SendError;
use rand::{Rng, RngExt};
use std::borrow::Cow;
use std::time::Duration;
use templates::TemplateError;

/// What is written of an error, in characters.
const ERROR_LENGTH: usize = 500;
/// The longest a job may ask to wait.
const LONGEST_WAIT: Duration = Duration::from_hours(30 * 24);

/// How long a failed job waits for its next run: any time up to the longest, each as likely. `attempt` counts the runs
/// that failed before this one.
fn wait(backoff: Backoff, attempt: i16, rng: &mut impl Rng) -> Duration {
    let longest = u64::try_from(backoff.longest(attempt).as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(rng.random_range(0..=longest))
}

/// What becomes of a job whose run has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Nothing is left to do, and nothing is wrong.
    Dropped(Cow<'static, str>),
    Again {
        after: Duration,
        error: String,
    },
    /// Kept for somebody to look at.
    Dead {
        error: String,
    },
}

impl Outcome {
    /// Of a run that `attempt` failed runs came before, of `attempts` in all.
    pub fn of(
        result: Result<(), JobError>,
        (attempt, attempts): (i16, i16),
        backoff: Backoff,
        rng: &mut impl Rng,
    ) -> Self {
        let (after, error) = match result {
            Ok(()) => return Self::Done,
            Err(JobError::Drop(why)) => return Self::Dropped(why),
            Err(JobError::Dead(error)) => return Self::Dead { error: scrubbed(&error) },
            Err(JobError::Later(wait, error)) => (wait.min(LONGEST_WAIT), error),
            Err(JobError::Retry(error)) => (wait(backoff, attempt, rng), error),
        };
        let error = scrubbed(&error);
        if attempt.saturating_add(1) < attempts { Self::Again { after, error } } else { Self::Dead { error } }
    }

    /// As metrics and logs name it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Dropped(_) => "dropped",
            Self::Again { .. } => "again",
            Self::Dead { .. } => "dead",
        }
    }
}

/// PostgreSQL away is worth another run, a row that is gone is not.
pub(crate) fn from_store(error: store::Error) -> JobError {
    match error {
        store::Error::Rejected(_) => JobError::dropped("what it is about is gone"),
        store::Error::Unavailable(why) => JobError::Retry(why),
        store::Error::Database(error) => JobError::Retry(error.to_string()),
    }
}

/// An address that a server refuses for good is no fault of ours: the message's row says so, and that is all.
pub(crate) fn from_mail(error: SendError) -> JobError {
    match error {
        SendError::Refused(_) => JobError::dropped("the recipient's server refuses it"),
        SendError::Later(Some(wait), why) => JobError::Later(wait, why),
        SendError::Later(None, why) => JobError::Retry(why),
    }
}

/// A template that can't be used needs a release.
pub(crate) fn from_template(error: &TemplateError) -> JobError {
    JobError::Dead(error.to_string())
}

/// Fit for the ledger: without e-mail addresses, which providers like to repeat, without what PostgreSQL's text can't
/// hold, and no longer than 500 characters.
pub fn scrubbed(error: &str) -> String {
    let mut clean = String::with_capacity(error.len().min(4 * ERROR_LENGTH));
    let mut rest = error;
    while let Some((before, after)) = rest.split_once('@') {
        let kept = before.trim_end_matches(is_of_address);
        // A quoted local part may hold anything, blanks too.
        let kept = match kept.strip_suffix('"') {
            Some(quoted) if kept.len() == before.len() => {
                quoted.rsplit_once('"').map_or("", |(kept, _)| kept)
            }
            _ => kept,
        };
        let left = after.trim_start_matches(|c| is_of_address(c) || c == '[' || c == ']');
        clean.push_str(kept);
        clean.push_str(if kept.len() < before.len() && left.len() < after.len() { "<address>" } else { "@" });
        rest = if left.len() < after.len() { left } else { after };
    }
    clean.push_str(rest);
    clean.chars().map(|c| if c.is_control() { ' ' } else { c }).take(ERROR_LENGTH).collect()
}

/// RFC 5322 `atext`, dots, and whatever is not ASCII (RFC 6531).
fn is_of_address(c: char) -> bool {
    c.is_alphanumeric() || !c.is_ascii() || ".!#$%&'*+-/=?^_`{|}~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn of(error: JobError, attempt: i16) -> Outcome {
        Outcome::of(Err(error), (attempt, 3), Backoff::DEFAULT, &mut StdRng::seed_from_u64(1))
    }

    #[test]
    fn the_last_attempt_is_the_end() {
        let retry = || JobError::Retry("no route".to_owned());
        assert!(matches!(of(retry(), 1), Outcome::Again { error, .. } if error == "no route"));
        assert_eq!(of(retry(), 2), Outcome::Dead { error: "no route".to_owned() });
        let later = JobError::Later(Duration::from_mins(1), "busy".to_owned());
        assert_eq!(
            of(later.clone(), 0),
            Outcome::Again { after: Duration::from_mins(1), error: "busy".to_owned() }
        );
        assert_eq!(of(later, 2), Outcome::Dead { error: "busy".to_owned() });
        assert_eq!(of(JobError::dropped("gone"), 2), Outcome::Dropped("gone".into()));
        assert_eq!(of(JobError::Dead("no".to_owned()), 0), Outcome::Dead { error: "no".to_owned() });
    }

    #[test]
    fn waits_grow_to_a_quarter_of_an_hour_and_differ() {
        let mut rng = StdRng::seed_from_u64(7);
        for (attempt, longest) in [(0, 2_000), (1, 4_000), (5, 64_000), (9, 900_000), (i16::MAX, 900_000)] {
            let waits: Vec<_> =
                (0..200).map(|_| wait(Backoff::DEFAULT, attempt, &mut rng).as_millis()).collect();
            assert!(waits.iter().all(|wait| *wait <= longest));
            assert!(waits.iter().any(|wait| *wait > longest * 9 / 10));
            assert!(waits.iter().any(|wait| *wait < longest / 10));
        }
    }

    #[test]
    fn errors_name_nobody() {
        for (error, clean) in [
            ("550 5.1.1 <ana.maria+x@example.com>: unknown", "550 5.1.1 <<address>>: unknown"),
            ("to=ana@example.com,bob@b.example;", "<address>,<address>;"),
            ("\"ana b\"@example.com is full", "<address> is full"),
            ("zoë@exämple.fr", "<address>"),
            ("ana@[192.0.2.1] refused", "<address> refused"),
            ("at 9:00 @ the door", "at 9:00 @ the door"),
            ("@@@", "@@@"),
            ("a\0b\nc", "a b c"),
        ] {
            assert_eq!(scrubbed(error), clean, "{error}");
        }
        assert_eq!(scrubbed(&"ü".repeat(600)).chars().count(), 500);
    }
}
