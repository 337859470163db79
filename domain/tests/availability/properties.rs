//! What holds for any hours, in any zone, on any night.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::hours::{Closure, Hours, MinuteRange, Weekday, WeeklyRange};
use domain::id::RoomId;
use domain::slots::{Agenda, Asked, Demand, Leg, Room, Session, SlotRules, count_known_by_date, visits};
use domain::wall_clock::Interval;
use proptest::prelude::*;
use proptest::sample::select;

use crate::diary::Diary;
use crate::reference::{Case, Timetable, Weekly, reading};

const ZONES: [Tz; 18] = [
    Tz::UTC,
    Tz::Europe__Paris,
    Tz::Europe__Dublin,
    Tz::America__New_York,
    Tz::America__St_Johns,
    Tz::America__Sao_Paulo,
    Tz::America__Havana,
    Tz::America__Nuuk,
    Tz::Asia__Beirut,
    Tz::Asia__Kolkata,
    Tz::Asia__Kathmandu,
    Tz::Africa__Cairo,
    Tz::Africa__Casablanca,
    Tz::Atlantic__Azores,
    Tz::Australia__Eucla,
    Tz::Australia__Lord_Howe,
    Tz::Antarctica__Troll,
    Tz::Pacific__Chatham,
];

fn minute_of(date: NaiveDate) -> i64 {
    date.and_hms_opt(0, 0, 0).expect("midnight").and_utc().timestamp() / 60
}

/// Half of the time a date on which the clocks of the zone change, if they do.
fn zone_and_date() -> impl Strategy<Value = (Tz, NaiveDate)> {
    (select(&ZONES), 2012..2036, 1_u32..=365, any::<bool>()).prop_map(|(zone, year, ordinal, at_change)| {
        let date = |ordinal| NaiveDate::from_yo_opt(year, ordinal).expect("a date of our age");
        let offset = |date| {
            (reading(zone, minute_of(date)) - date.and_hms_opt(0, 0, 0).expect("midnight")).num_minutes()
        };
        let changes: Vec<_> =
            (1..=364).map(date).filter(|day| offset(*day) != offset(*day + Days::new(1))).collect();
        let place = usize::try_from(ordinal).expect("small") % changes.len().max(1);
        (zone, changes.get(place).copied().filter(|_| at_change).unwrap_or(date(ordinal)))
    })
}

fn day_range() -> impl Strategy<Value = (i64, i64)> {
    (0_i64..96, 1_i64..48, select(&[1_i64, 7, 15])).prop_map(|(start, length, unit)| {
        let start = start * 15;
        (start, (start + length * unit).min(1440))
    })
}

fn weekly_ranges(count: std::ops::Range<usize>) -> impl Strategy<Value = Weekly> {
    let one = (1_u32..=7, day_range()).prop_map(|(weekday, (start, end))| (weekday, start, end));
    proptest::collection::vec(one, count)
}

fn rules() -> impl Strategy<Value = Weekly> {
    let always = || (1..=7).map(|weekday| (weekday, 0, 1440)).collect::<Vec<_>>();
    prop_oneof![
        3 => weekly_ranges(0..20),
        2 => Just(always()),
        1 => (1_u32..=7).prop_map(move |but| always().into_iter().filter(|rule| rule.0 != but).collect()),
    ]
}

/// Hours around some dates.
fn timetable(zone: Tz, date: NaiveDate, days: i64) -> BoxedStrategy<Timetable> {
    let near = move || (-3_i64..days + 3).prop_map(move |days| shifted(date, days));
    let opening = (near(), day_range()).prop_map(|(date, (start, end))| (date, start, end));
    let closure = (select(vec![zone, Tz::Asia__Tokyo]), near(), 0_i64..3)
        .prop_map(|(zone, date, days)| (zone, date, shifted(date, days)));
    (
        rules(),
        weekly_ranges(0..8),
        proptest::option::weighted(0.3, (near(), rules())),
        proptest::collection::vec(opening, 0..3),
        proptest::collection::vec(closure, 0..3),
    )
        .prop_map(move |(rules, breaks, later, openings, closures)| Timetable {
            zone,
            rules,
            breaks,
            later,
            openings,
            closures,
        })
        .boxed()
}

/// A case with a window of at most `days` days.
fn case(days: i64) -> BoxedStrategy<Case> {
    let case = (zone_and_date(), -1440_i64..1440, 1..=days * 1440).prop_flat_map(
        move |((zone, date), shift, length)| {
            let from = minute_of(date) + shift;
            let instant = move || from - 1440..from + length + 1440;
            let busy = move || (instant(), -5_i64..400).prop_map(|(start, length)| (start, start + length));
            let other = move || (select(vec![zone, Tz::Asia__Kathmandu]), Just(date));
            let other = move || other().prop_flat_map(move |(zone, date)| timetable(zone, date, days));
            let hours = (
                timetable(zone, date, days),
                proptest::option::weighted(0.3, other()),
                proptest::option::weighted(0.3, other()),
            );
            let room = proptest::collection::vec(busy(), 0..6);
            let taken = (
                proptest::collection::vec(busy(), 0..6),
                proptest::collection::vec(instant(), 0..4),
                proptest::option::of(1_u32..3),
                proptest::option::weighted(0.4, proptest::collection::vec(room, 0..3)),
                proptest::collection::vec((instant(), 0_u32..4), 0..4),
            );
            let service = (5_i64..200, 5_i64..200, prop_oneof![Just(0_i64), 0..90_i64], 0_i64..90);
            let limits = (0_i64..1000, 0_u64..6, -2880_i64..1440, select(&[1_u32, 1, 4]), 0_u32..4);
            (hours, taken, service, limits).prop_map(move |(hours, taken, service, limits)| Case {
                own: hours.0,
                service: hours.1,
                colleague: hours.2,
                busy: taken.0,
                bookings: taken.1,
                max_daily: taken.2,
                rooms: taken.3,
                sessions: taken.4,
                capacity: limits.3,
                // Most often one, now and then more than there are, or none.
                seats: if limits.3 == 1 && limits.4 > 0 { 1 } else { limits.4 },
                duration: service.0,
                step: service.1,
                before: service.2,
                after: service.3,
                notice: limits.0,
                horizon: limits.1 + u64::try_from(days).expect("positive"),
                now: from + limits.2,
                from,
                until: from + length,
            })
        },
    );
    case.boxed()
}

fn shifted(date: NaiveDate, days: i64) -> NaiveDate {
    date + chrono::TimeDelta::days(days)
}

fn instant(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(minute * 60, 0).expect("a date of our age")
}

fn minute(instant: DateTime<Utc>) -> i64 {
    assert_eq!(instant.timestamp() % 60, 0);
    instant.timestamp() / 60
}

impl Timetable {
    fn hours(&self) -> Hours {
        let range = |start: i64, end: i64| {
            let minute = |minute| i32::try_from(minute).expect("of a day");
            MinuteRange::new(minute(start), minute(end)).expect("a range")
        };
        let weekly = |ranges: &Weekly| {
            let weekday = |number: u32| Weekday::new(i32::try_from(number).expect("small")).expect("1..=7");
            let one =
                |&(day, start, end): &_| WeeklyRange { weekday: weekday(day), range: range(start, end) };
            ranges.iter().map(one).collect()
        };
        let openings = self.openings.iter().map(|&(date, start, end)| (date, range(start, end)));
        let hours = Hours::new(self.zone, weekly(&self.rules), weekly(&self.breaks), openings.collect());
        match &self.later {
            Some((from, rules)) => hours.with_week_from(*from, weekly(rules), Vec::new()),
            None => hours,
        }
    }

    fn diary(&self) -> Diary {
        let closures = self.closures.iter();
        Diary {
            hours: self.hours(),
            closures: closures
                .map(|&(timezone, starts_on, ends_on)| Closure { timezone, starts_on, ends_on })
                .collect(),
            ..Diary::new(self.zone)
        }
    }
}

/// The engine's view of a case.
struct World {
    own: Diary,
    service: Option<Diary>,
    colleague: Option<Diary>,
    rooms: Option<Vec<Vec<Interval>>>,
    case: Case,
}

impl Case {
    fn world(&self) -> World {
        let mut sessions: Vec<Session> = self
            .sessions
            .iter()
            .map(|&(start, seats_left)| Session { start: instant(start), seats_left })
            .collect();
        sessions.sort_unstable_by_key(|session| session.start);
        let own = Diary {
            busy: intervals(&self.busy),
            booking_starts: self.bookings.iter().copied().map(instant).collect(),
            max_daily_bookings: self.max_daily,
            sessions,
            ..self.own.diary()
        };
        World {
            own,
            service: self.service.as_ref().map(Timetable::diary),
            colleague: self.colleague.as_ref().map(Timetable::diary).map(|diary| diary.of_staff(2)),
            rooms: self.rooms.as_ref().map(|rooms| rooms.iter().map(|busy| intervals(busy)).collect()),
            case: self.clone(),
        }
    }

    fn slot_rules(&self) -> SlotRules {
        let minutes = |minutes| i32::try_from(minutes).expect("small");
        SlotRules {
            duration_minutes: minutes(self.duration),
            buffer_before_minutes: minutes(self.before),
            buffer_after_minutes: minutes(self.after),
            step_minutes: minutes(self.step),
            min_notice_minutes: minutes(self.notice),
            horizon_days: i32::try_from(self.horizon).expect("small"),
        }
    }

    /// What the engine offers from one minute to just before another.
    pub(crate) fn offered(&self, from: i64, until: i64) -> Vec<i64> {
        let window = Interval::new(instant(from), instant(until));
        self.world()
            .ask(|demand, party| demand.starts(party, window, instant(self.now)).map(minute).collect())
    }
}

impl World {
    /// Asks the engine with what it needs to know.
    fn ask<T>(&self, question: impl FnOnce(Demand<'_>, &[Agenda<'_>]) -> T) -> T {
        let room = |busy| Room { id: RoomId(uuid::Uuid::nil()), busy };
        let rooms: Option<Vec<Room<'_>>> =
            self.rooms.as_ref().map(|rooms| rooms.iter().map(|busy| room(busy.as_slice())).collect());
        let demand = Demand {
            rules: self.case.slot_rules(),
            hours: self.service.as_ref().map(Diary::calendar),
            rooms: rooms.as_deref(),
            is_collective: true,
            capacity: self.case.capacity,
            seats: self.case.seats,
        };
        let party: Vec<Agenda<'_>> =
            [Some(&self.own), self.colleague.as_ref()].into_iter().flatten().map(Diary::agenda).collect();
        question(demand, &party)
    }
}

fn intervals(taken: &[(i64, i64)]) -> Vec<Interval> {
    taken.iter().map(|&(from, until)| Interval::new(instant(from), instant(until))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_offers_what_the_clock_on_the_wall_says(case in case(3)) {
        prop_assert_eq!(case.offered(case.from, case.until), case.starts());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_slot_with_its_buffers_meets_busy_time(case in case(10)) {
        let is_session = |start: i64| case.sessions.iter().any(|session| session.0 == start);
        for start in case.offered(case.from, case.until).into_iter().filter(|start| !is_session(*start)) {
            let end = start + case.duration + case.after;
            for (from, until) in case.busy.iter().filter(|(from, until)| from < until) {
                prop_assert!(end <= *from || *until <= start - case.before);
            }
        }
    }

    #[test]
    fn the_answer_does_not_depend_on_the_window(case in case(40), cut in 0_i64..57_600) {
        let middle = case.from + cut % (case.until - case.from);
        let parts = [case.offered(case.from, middle), case.offered(middle, case.until)].concat();
        prop_assert_eq!(case.offered(case.from, case.until), parts);
    }

    #[test]
    fn a_start_is_offered_exactly_when_it_is_listed(case in case(10), asked in 0_i64..14_400) {
        let world = case.world();
        let is_offered =
            |start| world.ask(|demand, party| demand.is_offered(party, instant(start), instant(case.now)));
        let listed = case.offered(case.from, case.until);
        let asked = case.from + asked % (case.until - case.from);
        prop_assert_eq!(is_offered(asked), listed.contains(&asked));
        for start in listed.iter().take(20) {
            prop_assert!(is_offered(*start));
        }
    }

    #[test]
    fn the_overview_counts_what_is_listed(case in case(10), viewer in select(&ZONES)) {
        let now = instant(case.now);
        let first = instant(case.from).date_naive();
        case.world().ask(|demand, party| {
            for (date, slots) in demand.count_by_date(party, viewer, first, 9, now) {
                let window = domain::wall_clock::day(viewer, date).unwrap();
                let listed = demand.slots(party, window, now).len();
                prop_assert_eq!(usize::try_from(slots).unwrap(), listed);
            }
            Ok(())
        })?;
    }

    /// Weeks that were reckoned before anybody said what time it is, asked at that time.
    #[test]
    fn what_is_known_answers_like_the_engine(case in case(10), viewer in select(&ZONES), together in any::<bool>()) {
        let now = instant(case.now);
        case.world().ask(|demand, team| {
            // In the wild the time of a session is busy, so that no other starts where it has too few seats.
            let seats = if case.sessions.is_empty() { demand.seats } else { 1 };
            let demand = Demand { is_collective: together, seats, ..demand };
            let day = |days: u64| instant(case.from).date_naive() + Days::new(days);
            let midnight = |days| day(days).and_time(chrono::NaiveTime::MIN).and_utc();
            let known: Vec<_> =
                (0..2).map(|week| demand.known(team, Interval::new(midnight(week * 7), midnight(week * 7 + 7)))).collect();
            let window = Interval::new(instant(case.from), instant(case.until).min(midnight(14)));
            let horizon_days = demand.rules.horizon_days;
            let asked = Asked { staff_id: None, seats: demand.seats, horizon_days, window, now };
            let of_all = |asked| known.iter().flat_map(|known| known.slots(asked)).collect::<Vec<_>>();
            prop_assert_eq!(of_all(asked), demand.slots(team, window, now));
            if !together {
                for one in team {
                    let own = Asked { staff_id: Some(one.staff), ..asked };
                    prop_assert_eq!(of_all(own), demand.slots(&[*one], window, now));
                    let first = known.iter().find_map(|known| known.first_of(one.staff, asked));
                    prop_assert_eq!(first, demand.starts(&[*one], window, now).next());
                }
            }
            let counted = count_known_by_date(known.iter().map(|known| (known, asked)), viewer, day(1), 9);
            prop_assert_eq!(counted, demand.count_by_date(team, viewer, day(1), 9, now));
            Ok(())
        })?;
    }

    /// A visit of one service is that service; of two, where the first is offered and the second fits at its end.
    #[test]
    fn a_visit_is_its_services_one_after_the_other(one in case(4), other in case(4)) {
        let (first, second) = (one.world(), other.world());
        let window = Interval::new(instant(one.from), instant(one.until));
        let now = instant(one.now);
        first.ask(|demand, party| second.ask(|later, others| {
            let alone = Demand { capacity: 1, seats: 1, ..demand };
            let legs = [Leg { demand, team: party }, Leg { demand: later, team: others }];
            let starts = |legs: &[Leg<'_, '_>]| -> Vec<_> {
                visits(legs, window, now).map(|visit| visit.legs[0].start).collect()
            };
            let listed: Vec<_> = alone.starts(party, window, now).collect();
            prop_assert_eq!(starts(&legs[..1]), listed.clone());
            // On a grid of five minutes from the start of each minute of work the second would begin anywhere.
            let duration = chrono::TimeDelta::minutes(one.duration);
            let fits = |start: &DateTime<Utc>| {
                let (from, until) = (*start + duration, *start + duration + chrono::TimeDelta::minutes(other.duration));
                let works = others.iter().map(|agenda| agenda.calendar).chain(later.hours).all(|calendar| {
                    calendar.working_ranges(Interval::new(from, until)) == [Interval::new(from, until)]
                });
                let at = minute(from);
                let taken = at - other.before..at + other.duration + other.after;
                let meets = |busy: &(i64, i64)| busy.0 < taken.end && taken.start < busy.1 && busy.0 < busy.1;
                let date = |minute: i64| reading(other.own.zone, minute).date();
                let booked = other.bookings.iter().filter(|booking| date(**booking) == date(at)).count();
                works
                    && !other.busy.iter().any(meets)
                    && other.rooms.as_ref().is_none_or(|rooms| rooms.iter().any(|room| !room.iter().any(meets)))
                    && other.max_daily.is_none_or(|max| booked < usize::try_from(max).unwrap())
                    && at >= one.now + other.notice
                    && date(at) <= date(one.now) + Days::new(other.horizon)
            };
            let expected: Vec<_> = listed.into_iter().filter(fits).collect();
            prop_assert_eq!(starts(&legs), expected);
            Ok(())
        }))?;
    }
}

fn any_instant() -> impl Strategy<Value = DateTime<Utc>> {
    prop_oneof![
        Just(DateTime::<Utc>::MIN_UTC),
        Just(DateTime::<Utc>::MAX_UTC),
        Just(instant(minute_of(NaiveDate::from_ymd_opt(1, 1, 1).expect("a date")))),
        Just(instant(minute_of(NaiveDate::from_ymd_opt(9999, 12, 31).expect("a date")))),
        (-62_000_000_000_i64..260_000_000_000, 0_u32..1_999_999_999)
            .prop_map(|(second, nano)| DateTime::from_timestamp(second, nano).unwrap_or_default()),
        (1_700_000_000_i64..1_800_000_000)
            .prop_map(|second| DateTime::from_timestamp(second, 0).unwrap_or_default()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_input_ends_without_a_panic(
        case in case(3),
        numbers in proptest::array::uniform6(any::<i32>()),
        small in any::<bool>(),
        times in proptest::array::uniform5(any_instant()),
        zone in select(&chrono_tz::TZ_VARIANTS[..]),
    ) {
        let [duration, before, after, step, notice, horizon] = numbers;
        let bound = |number: i32, limit: i32| if small { number.rem_euclid(limit) } else { number };
        let rules = SlotRules {
            duration_minutes: bound(duration, 1500),
            buffer_before_minutes: bound(before, 500),
            buffer_after_minutes: bound(after, 500),
            step_minutes: bound(step, 1500),
            min_notice_minutes: bound(notice, 530_000),
            horizon_days: bound(horizon, 800),
        };
        let mut diary = case.world().own;
        let [now, from, until, busy_from, busy_until] = times;
        diary.busy.push(Interval::new(busy_from, busy_until));
        diary.booking_starts.extend(times);
        let (starts_on, ends_on) = (busy_from.date_naive(), busy_until.date_naive());
        diary.closures.push(Closure { timezone: zone, starts_on, ends_on });
        let window = Interval::new(from, until);
        let demand = Demand { capacity: case.capacity, seats: case.seats, ..Demand::from(rules) };
        let party = [diary.agenda()];
        let listed = demand.starts(&party, window, now).count();
        prop_assert!(listed <= 731 * 289 + case.sessions.len());
        prop_assert!(rules.check().is_ok() || listed == 0);
        let calendar = diary.calendar();
        let _ = (demand.is_offered(&party, from, now), rules.reach(window), calendar.whole_days(window));
        let _ = calendar.working_ranges(window);
        let _ = demand.count_by_date(&party, zone, from.date_naive(), u16::MAX, now);
        let leg = Leg { demand, team: &party };
        let _ = visits(&[leg, leg, leg], window, now).take(1_000).count();
    }
}
