//! Several services in one coming, one after the other without a pause: what follows the first one, and how long whoever
//! and whatever does them is taken.

use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;

use crate::id::{ServiceId, StaffId};
use crate::rejection::Rejection;
use crate::slots::Visit;
use crate::wall_clock::Interval;

/// The most services that can follow the first one.
pub const MOST_NEXT: usize = Visit::MOST_LEGS - 1;

/// A service that follows another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    pub service_id: ServiceId,
    /// None: whoever does the one before, else anybody who is free.
    pub staff_id: Option<StaffId>,
}

/// What follows the first service of a visit, in its order; most often nothing. As text `service,service:staff`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Then([Option<Next>; MOST_NEXT]);

/// What is no list of services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThenError {
    /// A part is no id.
    Id,
    /// There are more than [`MOST_NEXT`].
    TooMany,
}

impl Then {
    pub const NONE: Self = Self([None; MOST_NEXT]);

    /// At most [`MOST_NEXT`].
    pub fn new(services: impl IntoIterator<Item = Next>) -> Result<Self, ThenError> {
        let mut then = Self::default();
        let mut places = then.0.iter_mut();
        for next in services {
            *places.next().ok_or(ThenError::TooMany)? = Some(next);
        }
        Ok(then)
    }

    pub const fn is_empty(&self) -> bool {
        matches!(self.0, [None, ..])
    }

    pub const fn is_full(&self) -> bool {
        matches!(self.0, [.., Some(_)])
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Next> {
        self.0.iter().flatten().copied()
    }
}

impl FromStr for Then {
    type Err = ThenError;

    fn from_str(text: &str) -> Result<Self, ThenError> {
        let mut services = Vec::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (service, staff) = part.split_once(':').map_or((part, None), |(one, two)| (one, Some(two)));
            services.push(Next {
                service_id: service.parse().map_err(|_no_id| ThenError::Id)?,
                staff_id: staff.map(str::parse).transpose().map_err(|_no_id| ThenError::Id)?,
            });
        }
        Self::new(services)
    }
}

impl fmt::Display for Then {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Next { service_id, staff_id }) in self.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            write!(f, "{comma}{service_id}")?;
            if let Some(id) = staff_id {
                write!(f, ":{id}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for ThenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id => f.write_str("must be ids of services, each with one of a staff member if wanted"),
            Self::TooMany => write!(f, "must have at most {MOST_NEXT} services"),
        }
    }
}

impl std::error::Error for ThenError {}

impl ThenError {
    pub fn at(self, pointer: &str) -> Rejection {
        let code = match self {
            Self::Id => "INVALID",
            Self::TooMany => "TOO_MANY",
        };
        Rejection::invalid(pointer, code, self.to_string())
    }
}

/// A service of a visit that one staff member or room does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub time: Interval,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
}

/// The time that a staff member or a room is taken for what they do of a visit, in its order. Between two of them they wait for
/// nobody else: of the pause there is, the buffer after the former has its part first.
pub fn taken(parts: &[Part]) -> Vec<Interval> {
    let minutes = |minutes: i32| TimeDelta::minutes(minutes.into());
    let pause = |from: &Part, to: &Part| (to.time.start - from.time.end).max(TimeDelta::zero());
    let after = |part: &Part, next: Option<&Part>| {
        let buffer = minutes(part.buffer_after_minutes);
        next.map_or(buffer, |next| buffer.min(pause(part, next)))
    };
    let each = parts.iter().enumerate().map(|(place, part)| {
        let buffer = minutes(part.buffer_before_minutes);
        let before = match place.checked_sub(1).and_then(|previous| parts.get(previous)) {
            Some(previous) => buffer.min(pause(previous, part) - after(previous, Some(part))),
            None => buffer,
        };
        Interval::new(part.time.start - before, part.time.end + after(part, parts.get(place + 1)))
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    use super::*;

    fn next(service: u128, staff: Option<u128>) -> Next {
        Next {
            service_id: ServiceId(Uuid::from_u128(service)),
            staff_id: staff.map(|id| StaffId(Uuid::from_u128(id))),
        }
    }

    #[test]
    fn what_follows_is_read_as_it_is_written() {
        let then = Then::new([next(1, None), next(2, Some(3))]).unwrap();
        assert_eq!(then.to_string().parse(), Ok(then));
        assert_eq!("".parse(), Ok(Then::default()));
        assert!(Then::default().is_empty() && !then.is_empty() && !then.is_full());
        for text in ["1", "a,b", ":", "00000000-0000-0000-0000-000000000001:x"] {
            assert_eq!(text.parse::<Then>(), Err(ThenError::Id), "{text}");
        }
        let most = Then::new((0..4).map(|id| next(id, None))).unwrap();
        assert!(most.is_full());
        assert_eq!(format!("{most},{}", next(9, None).service_id).parse::<Then>(), Err(ThenError::TooMany));
    }

    /// Each from so many minutes to so many, with ten minutes before and fifteen after; what they are taken, in minutes.
    fn kept(times: &[(i64, i64)]) -> Vec<(i64, i64)> {
        let at = |minutes: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let part = |(from, to): &(i64, i64)| Part {
            time: Interval::new(at(*from), at(*to)),
            buffer_before_minutes: 10,
            buffer_after_minutes: 15,
        };
        let parts: Vec<Part> = times.iter().map(part).collect();
        let minutes = |time: DateTime<Utc>| (time - DateTime::UNIX_EPOCH).num_minutes();
        taken(&parts).into_iter().map(|time| (minutes(time.start), minutes(time.end))).collect()
    }

    #[test]
    fn one_who_does_it_all_keeps_the_outer_buffers_only() {
        assert_eq!(kept(&[(60, 90), (90, 135), (135, 155)]), [(50, 90), (90, 135), (135, 170)]);
        assert_eq!(kept(&[(60, 90)]), [(50, 105)]);
        assert_eq!(kept(&[]), []);
    }

    #[test]
    fn a_pause_is_for_the_buffer_after_what_was_before_it() {
        // Of twenty minutes fifteen after and five before.
        assert_eq!(kept(&[(60, 90), (110, 140)]), [(50, 105), (105, 155)]);
        assert_eq!(kept(&[(60, 90), (95, 125)]), [(50, 95), (95, 140)]);
        assert_eq!(kept(&[(60, 90), (300, 330)]), [(50, 105), (290, 345)]);
    }
}
