//! Starts that are reckoned once and asked for many times: what holds of them whatever the time is.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::team::count_by_date;
use super::{Agenda, Demand, Slot, SlotRules, TeamStarts, seconds};
use crate::id::StaffId;
use crate::wall_clock::{Interval, Span, instant, second_at_or_after};

/// Every start that a team offers within a window, of one seat or more, with neither notice nor horizon. It stays true
/// until somebody books or something that was asked is changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    rules: SlotRules,
    parties: Vec<Party>,
    /// Ascending.
    starts: Vec<Start>,
}

/// Those who provide a service together, most often one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Party {
    staff_ids: Vec<StaffId>,
    /// Whose dates the horizon counts.
    zone: Tz,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Start {
    /// Seconds since the one before, the first since 1970.
    after: i64,
    /// The places of the parties that offer it, ascending, with the seats each has.
    by: Vec<(u16, u32)>,
}

/// What is asked of known starts.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Only of this staff member, or of a party that they are in.
    pub staff_id: Option<StaffId>,
    /// Only with so many seats.
    pub seats: u32,
    /// In place of [`SlotRules::horizon_days`].
    pub horizon_days: i32,
    pub window: Interval,
    pub now: DateTime<Utc>,
}

impl<'a> Demand<'a> {
    /// Every start of `window`, to be asked later.
    pub fn known(&self, team: &[Agenda<'a>], window: Interval) -> Known {
        let one_seat = Self { seats: 1, ..*self };
        let window = Span { start: second_at_or_after(window.start), end: second_at_or_after(window.end) };
        let parties: Vec<&[Agenda<'a>]> = one_seat.parties(team).collect();
        let starts =
            parties.iter().map(|party| one_seat.starts_within(party, window).unwrap_or_default()).collect();
        let mut all = TeamStarts::of(starts);
        let mut starts: Vec<Start> = Vec::new();
        let mut last = 0;
        while let Some(offered) = all.next_second() {
            // A tenant has far fewer staff members.
            let Ok(place) = u16::try_from(offered.place) else { continue };
            let by = (place, offered.seats);
            if let Some(start) = starts.last_mut().filter(|_| offered.start == last) {
                start.by.push(by);
            } else {
                starts.push(Start { after: offered.start - last, by: vec![by] });
                last = offered.start;
            }
        }
        let party = |party: &&[Agenda<'a>]| {
            let zone = party.first()?.calendar.hours.timezone();
            Some(Party { staff_ids: party.iter().map(|agenda| agenda.staff).collect(), zone })
        };
        Known { rules: self.rules, parties: parties.iter().filter_map(party).collect(), starts }
    }
}

impl Known {
    /// Whether somebody of this name provides the service.
    pub fn has(&self, staff_id: StaffId) -> bool {
        self.parties.iter().any(|party| party.staff_ids.contains(&staff_id))
    }

    /// Whether one of them is in the party that the other comes first in.
    pub fn works_with(&self, first: StaffId, id: StaffId) -> bool {
        let mut parties = self.parties.iter().map(|party| &party.staff_ids);
        parties.any(|party| party.first() == Some(&first) && party.contains(&id))
    }

    /// The rules that it was reckoned by.
    pub const fn rules(&self) -> &SlotRules {
        &self.rules
    }

    /// Whoever comes first in each party.
    pub fn first_of_each(&self) -> impl Iterator<Item = StaffId> {
        self.parties.iter().filter_map(|party| party.staff_ids.first().copied())
    }

    /// What [`Demand::slots`] answers for the part of the window that is known.
    pub fn slots(&self, asked: Asked) -> Vec<Slot> {
        let duration = seconds(self.rules.duration_minutes);
        let slot = |(second, by): (i64, Vec<(&Party, u32)>)| {
            Some(Slot {
                start: instant(second)?,
                end: instant(second + duration)?,
                staff_ids: by.iter().flat_map(|(party, _)| party.staff_ids.iter().copied()).collect(),
                seats_left: by.iter().map(|(_, seats)| *seats).max()?,
            })
        };
        self.offered(asked).filter_map(slot).collect()
    }

    /// The first start of the window of the party that begins with this staff member.
    pub fn first_of(&self, staff_id: StaffId, asked: Asked) -> Option<DateTime<Utc>> {
        let is_theirs = |(party, _): &(&Party, u32)| party.staff_ids.first() == Some(&staff_id);
        let (second, _) = self.offered(asked).find(|(_, by)| by.iter().any(is_theirs))?;
        instant(second)
    }

    /// Starts within the window, their notice and their horizon, with who offers them.
    fn offered(&self, asked: Asked) -> impl Iterator<Item = (i64, Vec<(&Party, u32)>)> {
        let rules = SlotRules { horizon_days: asked.horizon_days, ..self.rules };
        let bounds: Vec<Option<Span>> = self
            .parties
            .iter()
            .map(|party| {
                let is_asked = asked.staff_id.is_none_or(|id| party.staff_ids.contains(&id));
                rules.bounds(party.zone, asked.now).filter(|_| is_asked)
            })
            .collect();
        let window =
            Span { start: second_at_or_after(asked.window.start), end: second_at_or_after(asked.window.end) };
        let offer = move |second: i64, place: u16, seats: u32| {
            let bounds = (*bounds.get(usize::from(place))?)?;
            let is_offered =
                second >= bounds.start && second < bounds.end && (1..=seats).contains(&asked.seats);
            Some((self.parties.get(usize::from(place))?, seats)).filter(|_| is_offered)
        };
        let seconds = self.starts.iter().scan(0_i64, |second, start| {
            *second = second.saturating_add(start.after);
            Some((*second, &start.by))
        });
        seconds
            .skip_while(move |(second, _)| *second < window.start)
            .take_while(move |(second, _)| *second < window.end)
            .map(move |(second, by)| {
                (
                    second,
                    by.iter().filter_map(|(place, seats)| offer(second, *place, *seats)).collect::<Vec<_>>(),
                )
            })
            .filter(|(_, by)| !by.is_empty())
    }
}

/// What [`Demand::count_by_date`] answers, of known windows that follow one another, each with what is asked of it: but for
/// the window, which is that of the dates.
pub fn count_known_by_date<'a>(
    known: impl IntoIterator<Item = (&'a Known, Asked)>,
    viewer: Tz,
    first: NaiveDate,
    days: u16,
) -> Vec<(NaiveDate, u32)> {
    count_by_date(viewer, first, days, |window| {
        let starts =
            known.into_iter().flat_map(move |(known, asked)| known.offered(Asked { window, ..asked }));
        starts.map(|(second, _)| second)
    })
}
