//! Several services in one coming, one after the other without a pause: what follows the first one, and how long whoever
//! and whatever does them is taken.

use std::fmt;
use std::str::FromStr;

use crate::id::{ServiceId, StaffId};
use crate::rejection::Rejection;
use crate::slots::Visit;

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

/// How long a service of a visit lasts and what it needs around, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub duration_minutes: i32,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
}

/// The buffers that one resource (a staff member or a room) keeps around the service at `place`, in minutes before and after.
/// `takes` says of which services of the visit it is: between two of them it waits for nobody else, so that of the pause
/// there is, as long as what others do meanwhile, the buffer after the former has its part first.
pub fn buffers(parts: &[Part], place: usize, takes: impl Fn(usize) -> bool) -> (i32, i32) {
    let Some(own) = parts.get(place) else { return (0, 0) };
    // From the end of one to the start of a later one.
    let pause = |from: usize, to: usize| -> i32 {
        parts.get(from + 1..to).unwrap_or_default().iter().map(|part| part.duration_minutes).sum()
    };
    let after = |place: usize, part: &Part| {
        let next = (place + 1..parts.len()).find(|other| takes(*other));
        next.map_or(part.buffer_after_minutes, |next| part.buffer_after_minutes.min(pause(place, next)))
    };
    let previous = (0..place).rev().find(|other| takes(*other));
    let before = match previous.and_then(|previous| Some((previous, parts.get(previous)?))) {
        Some((previous, part)) => {
            own.buffer_before_minutes.min(pause(previous, place) - after(previous, part))
        }
        None => own.buffer_before_minutes,
    };
    (before, after(place, own))
}

#[cfg(test)]
mod tests {
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

    fn part(duration_minutes: i32) -> Part {
        Part { duration_minutes, buffer_before_minutes: 10, buffer_after_minutes: 15 }
    }

    #[test]
    fn one_who_does_it_all_keeps_the_outer_buffers_only() {
        let parts = [part(30), part(45), part(20)];
        let each: Vec<_> = (0..3).map(|place| buffers(&parts, place, |_| true)).collect();
        assert_eq!(each, [(10, 0), (0, 0), (0, 15)]);
    }

    #[test]
    fn who_does_one_of_them_keeps_its_buffers() {
        let parts = [part(30), part(45), part(20)];
        assert_eq!(buffers(&parts, 1, |place| place == 1), (10, 15));
    }

    #[test]
    fn what_others_do_meanwhile_is_a_pause() {
        let parts = [part(30), part(20), part(30)];
        let each = |place| buffers(&parts, place, |place| place != 1);
        assert_eq!((each(0), each(2)), ((10, 15), (5, 15)), "20 minutes: 15 after, 5 before");
        let parts = [part(30), part(5), part(30)];
        let each = |place| buffers(&parts, place, |place| place != 1);
        assert_eq!((each(0), each(2)), ((10, 5), (0, 15)));
    }
}
