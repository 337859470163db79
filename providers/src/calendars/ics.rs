//! Calendar files (RFC 5545), read: what of them takes somebody's time, and why the rest does not.

use std::collections::HashMap;

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz as Zone;
use calcard::icalendar::timezone::TzResolver;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarPeriod,
    ICalendarProperty, ICalendarStatus, ICalendarTransparency, ICalendarValue,
};
use calcard::{Entry, Parser};
use chrono::{Days, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use domain::private_event::PrivateEventDraft;
use sha2::Digest;

/// Most bytes of a file.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// Most events of a file.
pub const MOST_EVENTS: usize = 5_000;
/// The title of what has none.
const UNTITLED: &str = "–";

/// Why a file is not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IcsError {
    #[error("may have at most 5 MB")]
    TooManyBytes,
    #[error("may have at most 5000 events")]
    TooManyEvents,
    #[error("is no calendar: it does not begin with BEGIN:VCALENDAR")]
    NoCalendar,
}

impl IcsError {
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooManyBytes => "TOO_LONG",
            Self::TooManyEvents => "TOO_MANY",
            Self::NoCalendar => "INVALID",
        }
    }
}

/// Why an event of a file is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeftOut {
    #[error("it has no UID")]
    NoUid,
    #[error("its start can't be read")]
    NoStart,
    #[error("it has the UID and the date of another one in the file")]
    Twice,
    #[error("its rule can't be read")]
    Rule,
    #[error("it takes no time")]
    NoTime,
}

impl LeftOut {
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoUid => "NO_UID",
            Self::NoStart => "NO_START",
            Self::Twice => "TWICE",
            Self::Rule => "RULE",
            Self::NoTime => "NO_TIME",
        }
    }
}

/// An event of a file.
#[derive(Clone, Debug)]
pub struct Event {
    pub uid: String,
    pub title: String,
    /// Of which occurrence of its series it takes the place: a wall time of the series' zone.
    pub stands_for: Option<NaiveDateTime>,
    /// None: cancelled, or nobody is busy in it.
    pub draft: Option<PrivateEventDraft>,
}

/// A file as it was read.
#[derive(Debug, Default)]
pub struct File {
    /// Series before what takes the place of their occurrences.
    pub events: Vec<Event>,
    /// Title or UID, and why.
    pub left_out: Vec<(String, LeftOut)>,
}

/// Reads a file. Times without a zone, and those of a zone that nobody knows, are `zone`'s. A file is text of UTF-8; what
/// is not, is read as well as it goes.
pub fn read(bytes: &[u8], zone: Tz) -> Result<File, IcsError> {
    if bytes.len() > MOST_BYTES {
        return Err(IcsError::TooManyBytes);
    }
    let begins = b"BEGIN:VEVENT";
    // Before the work: counted by their first lines.
    if bytes.windows(begins.len()).filter(|line| line.eq_ignore_ascii_case(begins)).count() > MOST_EVENTS {
        return Err(IcsError::TooManyEvents);
    }
    let text = decoded(bytes);
    let mut parser = Parser::new(&text);
    let mut file = File::default();
    let mut is_calendar = false;
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => {
                is_calendar = true;
                read_calendar(&calendar, zone, &mut file);
            }
            Entry::Eof | Entry::TooManyComponents => break,
            // What stands between is skipped, as far as the parser gets on.
            _ => {}
        }
    }
    if !is_calendar {
        return Err(IcsError::NoCalendar);
    }
    settle(&mut file);
    Ok(file)
}

/// Without a byte order mark; UTF-16 of some programs, and Latin-1 where it is no UTF-8.
fn decoded(bytes: &[u8]) -> String {
    let wide = |pair: fn([u8; 2]) -> u16| -> String {
        let units = bytes.chunks_exact(2).filter_map(|chunk| chunk.try_into().ok().map(pair)).skip(1);
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_latin) => bytes.iter().map(|byte| char::from(*byte)).collect(),
            }
        }
    }
}

fn read_calendar(calendar: &ICalendar, zone: Tz, file: &mut File) {
    let zones = calendar.build_tz_resolver();
    for component in &calendar.components {
        if component.component_type != ICalendarComponentType::VEvent {
            continue;
        }
        match event(component, &zones, zone) {
            Ok(event) => file.events.push(event),
            Err(why) => {
                let name = text(component, &ICalendarProperty::Summary)
                    .or_else(|| component.uid().map(str::to_owned))
                    .unwrap_or_default();
                file.left_out.push((name.chars().take(120).collect(), why));
            }
        }
    }
}

type Zones<'a> = TzResolver<&'a str>;

fn event(component: &ICalendarComponent, zones: &Zones<'_>, zone: Tz) -> Result<Event, LeftOut> {
    let uid = component.uid().map(str::trim).filter(|uid| !uid.is_empty()).ok_or(LeftOut::NoUid)?;
    let title = text(component, &ICalendarProperty::Summary).unwrap_or_else(|| UNTITLED.to_owned());
    let entry = component.property(&ICalendarProperty::Dtstart);
    let start = entry.and_then(|entry| time(entry, zones, zone)).ok_or(LeftOut::NoStart)?;
    let stands_for = match component.property(&ICalendarProperty::RecurrenceId) {
        Some(entry) => Some(time(entry, zones, start.zone).ok_or(LeftOut::NoStart)?.wall_in(start.zone)),
        None => None,
    };
    let is_cancelled = component.status() == Some(&ICalendarStatus::Cancelled);
    let is_free = component.transparency() == Some(&ICalendarTransparency::Transparent);
    let mut event = Event { uid: kept(uid), title: title.clone(), stands_for, draft: None };
    if is_cancelled || is_free {
        return Ok(event);
    }
    let end = end(component, zones, &start)?;
    let walls = |property| walls(component, property, zones, &start);
    event.draft = Some(PrivateEventDraft {
        title,
        note: text(component, &ICalendarProperty::Description).map(|note| note.chars().take(2_000).collect()),
        timezone: start.zone,
        all_day: start.is_date,
        start: start.wall,
        end,
        recurrence: rule(component)?,
        added: walls(&ICalendarProperty::Rdate),
        left_out: walls(&ICalendarProperty::Exdate),
    });
    Ok(event)
}

/// A UID as it is kept: of those that are longer than any, a beginning that is still their own.
fn kept(uid: &str) -> String {
    if uid.chars().nth(255).is_none() {
        return uid.to_owned();
    }
    let hash = domain::text::hex(&sha2::Sha256::digest(uid.as_bytes()));
    uid.chars().take(190).chain(['~']).chain(hash.chars()).collect()
}

/// One line of text that people can read.
fn text(component: &ICalendarComponent, property: &ICalendarProperty) -> Option<String> {
    let value = component.property(property)?.values.first()?.as_text()?;
    let is_kept =
        |c: &char| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_note = *property == ICalendarProperty::Description;
    let kept: String = value.chars().filter(|c| is_kept(c) || (is_note && *c == '\n')).collect();
    let kept = kept.trim();
    let most = if is_note { 2_000 } else { 255 };
    (!kept.is_empty()).then(|| kept.chars().take(most).collect())
}

/// A time of a file, on the wall clock of a zone.
#[derive(Clone, Copy)]
struct Time {
    wall: NaiveDateTime,
    zone: Tz,
    is_date: bool,
}

impl Time {
    fn wall_in(self, zone: Tz) -> NaiveDateTime {
        if self.is_date || self.zone == zone {
            return self.wall;
        }
        match domain::wall_clock::at(self.zone, self.wall) {
            Some(at) => at.with_timezone(&zone).naive_local(),
            None => self.wall,
        }
    }
}

fn time(entry: &ICalendarEntry, zones: &Zones<'_>, zone: Tz) -> Option<Time> {
    let value = entry.values.first()?.as_partial_date_time()?;
    read_time(value, entry, zones, zone)
}

fn read_time(value: &PartialDateTime, entry: &ICalendarEntry, zones: &Zones<'_>, zone: Tz) -> Option<Time> {
    let is_date = !value.has_time();
    let read = value.to_date_time()?;
    let named = entry.tz_id().and_then(|name| zones.resolve(name));
    if let Some(offset) = read.offset {
        let at = offset.from_local_datetime(&read.date_time).single()?;
        // An instant is shown on the clock of who reads it.
        return Some(Time { wall: at.with_timezone(&zone).naive_local(), zone, is_date });
    }
    let zone = match named {
        Some(Zone::Tz(named)) if !is_date => named,
        Some(Zone::Fixed(offset)) if !is_date => {
            let at = offset.from_local_datetime(&read.date_time).single()?;
            return Some(Time { wall: at.with_timezone(&zone).naive_local(), zone, is_date });
        }
        _ => zone,
    };
    let wall = if is_date { read.date_time.date().and_time(NaiveTime::MIN) } else { read.date_time };
    Some(Time { wall, zone, is_date })
}

fn end(component: &ICalendarComponent, zones: &Zones<'_>, start: &Time) -> Result<NaiveDateTime, LeftOut> {
    let named =
        component.property(&ICalendarProperty::Dtend).and_then(|entry| time(entry, zones, start.zone));
    let duration = component.property(&ICalendarProperty::Duration).and_then(|entry| entry.values.first());
    let end = match (named, duration) {
        (Some(end), _) => end.wall_in(start.zone),
        (None, Some(ICalendarValue::Duration(duration))) => {
            let length = TimeDelta::try_seconds(duration.as_seconds()).ok_or(LeftOut::NoTime)?;
            start.wall.checked_add_signed(length).ok_or(LeftOut::NoTime)?
        }
        // RFC 5545, 3.6.1: a date alone lasts that day, a time alone no time.
        (None, _) if start.is_date => start.wall.checked_add_days(Days::new(1)).ok_or(LeftOut::NoTime)?,
        (None, _) => start.wall,
    };
    let end = match start.is_date {
        // Some programs give a day its own date as the end.
        true if end == start.wall => start.wall.checked_add_days(Days::new(1)).ok_or(LeftOut::NoTime)?,
        true => end.date().and_time(NaiveTime::MIN),
        false => end,
    };
    if end <= start.wall { Err(LeftOut::NoTime) } else { Ok(end) }
}

fn rule(component: &ICalendarComponent) -> Result<Option<String>, LeftOut> {
    match component.property(&ICalendarProperty::Rrule).map(|entry| entry.values.first()) {
        None => Ok(None),
        Some(Some(ICalendarValue::RecurrenceRule(rule))) => Ok(Some(rule.to_string())),
        Some(_) => Err(LeftOut::Rule),
    }
}

fn walls(
    component: &ICalendarComponent,
    property: &ICalendarProperty,
    zones: &Zones<'_>,
    start: &Time,
) -> Vec<NaiveDateTime> {
    let mut found = Vec::new();
    for entry in component.properties(property) {
        for value in &entry.values {
            let value = match value {
                ICalendarValue::PartialDateTime(value) => value,
                ICalendarValue::Period(
                    ICalendarPeriod::Range { start, .. } | ICalendarPeriod::Duration { start, .. },
                ) => start,
                _ => continue,
            };
            let Some(time) = read_time(value, entry, zones, start.zone) else { continue };
            let wall = time.wall_in(start.zone);
            // A date leaves out whatever is on it.
            let is_whole = time.is_date && !start.is_date;
            found.push(if is_whole { wall.date().and_time(start.wall.time()) } else { wall });
        }
    }
    found
}

/// Series first; of two with one UID and date the last; and what has a stand-in is left out of its series.
fn settle(file: &mut File) {
    let mut last: HashMap<(String, Option<NaiveDateTime>), usize> = HashMap::new();
    for (place, event) in file.events.iter().enumerate() {
        last.insert((event.uid.clone(), event.stands_for), place);
    }
    let mut stand_ins: HashMap<String, Vec<NaiveDateTime>> = HashMap::new();
    let mut place = 0;
    let left_out = &mut file.left_out;
    file.events.retain(|event| {
        let is_last = last.get(&(event.uid.clone(), event.stands_for)) == Some(&place);
        place += 1;
        if !is_last {
            left_out.push((event.title.clone(), LeftOut::Twice));
        } else if let Some(wall) = event.stands_for {
            stand_ins.entry(event.uid.clone()).or_default().push(wall);
        }
        is_last
    });
    for event in &mut file.events {
        let is_series = event.stands_for.is_none();
        if let (true, Some(draft), Some(walls)) = (is_series, &mut event.draft, stand_ins.get(&event.uid)) {
            draft.left_out.extend(walls);
        }
    }
    file.events.sort_by_key(|event| event.stands_for.is_some());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(events: &str) -> String {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n{}END:VCALENDAR\r\n",
            events.replace('\n', "\r\n")
        )
    }

    fn one(lines: &str) -> File {
        let event = format!("BEGIN:VEVENT\nUID:a@test\n{lines}\nEND:VEVENT\n");
        read(calendar(&event).as_bytes(), chrono_tz::Europe::Paris).unwrap()
    }

    fn drafted(lines: &str) -> PrivateEventDraft {
        let file = one(lines);
        assert!(file.left_out.is_empty(), "{:?}", file.left_out);
        file.events.into_iter().next().unwrap().draft.unwrap()
    }

    fn wall(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_those_of_their_zone_whatever_it_is_called() {
        for (start, zone, at) in [
            ("DTSTART:20300305T120000", chrono_tz::Europe::Paris, "12:00"),
            ("DTSTART:20300305T120000Z", chrono_tz::Europe::Paris, "13:00"),
            ("DTSTART;TZID=America/New_York:20300305T120000", chrono_tz::America::New_York, "12:00"),
            ("DTSTART;TZID=\"W. Europe Standard Time\":20300305T120000", chrono_tz::Europe::Berlin, "12:00"),
            ("DTSTART;TZID=Nowhere/At All:20300305T120000", chrono_tz::Europe::Paris, "12:00"),
        ] {
            let draft = drafted(&format!("SUMMARY:Lunch\n{start}\nDURATION:PT1H30M"));
            assert_eq!(
                (draft.timezone, draft.start),
                (zone, wall(&format!("2030-03-05T{at}:00"))),
                "{start}"
            );
            assert_eq!(draft.end - draft.start, TimeDelta::minutes(90));
            assert!(!draft.all_day);
        }
    }

    #[test]
    fn whole_days_end_where_the_file_says_or_after_one() {
        let days = |lines: &str| {
            let draft = drafted(lines);
            assert!(draft.all_day);
            (draft.end - draft.start).num_days()
        };
        assert_eq!(days("DTSTART;VALUE=DATE:20300305"), 1);
        assert_eq!(days("DTSTART;VALUE=DATE:20300305\nDTEND;VALUE=DATE:20300305"), 1);
        assert_eq!(days("DTSTART;VALUE=DATE:20300305\nDTEND;VALUE=DATE:20300308"), 3);
        assert_eq!(days("DTSTART;VALUE=DATE:20300305\nDURATION:P2D"), 2);
    }

    #[test]
    fn a_series_has_its_exceptions() {
        let draft = drafted(
            "DTSTART;TZID=Europe/Paris:20300305T120000\nDTEND;TZID=Europe/Paris:20300305T130000\nRRULE:FREQ=WEEKLY;UNTIL=20300630T215959Z;BYDAY=TU\n\
             EXDATE;TZID=Europe/Paris:20300312T120000,20300319T120000\nRDATE;TZID=Europe/Paris:20300306T120000\nEXDATE:20300326T110000Z",
        );
        assert_eq!(
            draft.recurrence.unwrap().parse::<domain::recurrence::Rule>().unwrap().to_string(),
            "FREQ=WEEKLY;UNTIL=20300630T215959Z;BYDAY=TU"
        );
        assert_eq!(draft.added, [wall("2030-03-06T12:00:00")]);
        assert_eq!(draft.left_out.len(), 3);
        assert!(draft.left_out.contains(&wall("2030-03-26T12:00:00")));
        let file = read(calendar("BEGIN:VEVENT\nUID:a\nDTSTART:20300306T090000\nDTEND:20300306T100000\nRECURRENCE-ID:20300305T090000\nEND:VEVENT\n\
            BEGIN:VEVENT\nUID:a\nDTSTART:20300305T090000\nDTEND:20300305T100000\nRRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\n").as_bytes(), Tz::UTC).unwrap();
        assert_eq!(file.events[0].stands_for, None, "the series comes first");
        assert_eq!(file.events[0].draft.as_ref().unwrap().left_out, [wall("2030-03-05T09:00:00")]);
    }

    #[test]
    fn what_takes_no_time_has_none() {
        let time = "DTSTART:20300305T120000\nDTEND:20300305T130000";
        for lines in ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"] {
            assert!(one(&format!("{time}\n{lines}")).events[0].draft.is_none(), "{lines}");
        }
        assert!(one(&format!("{time}\nTRANSP:OPAQUE\nSTATUS:CONFIRMED")).events[0].draft.is_some());
        let why = |lines: &str| one(lines).left_out.first().map(|(_, why)| *why);
        assert_eq!(why("SUMMARY:x"), Some(LeftOut::NoStart));
        assert_eq!(why("DTSTART:soon"), Some(LeftOut::NoStart));
        assert_eq!(why("DTSTART:20300305T120000"), Some(LeftOut::NoTime));
        assert_eq!(why("DTSTART:20300305T120000\nDTEND:20300305T110000"), Some(LeftOut::NoTime));
        assert_eq!(
            why("DTSTART:20300305T120000\nDTEND:20300305T130000\nRRULE:FREQ=NEVER"),
            Some(LeftOut::Rule)
        );
        let nameless = calendar("BEGIN:VEVENT\nDTSTART:20300305T120000\nEND:VEVENT\n");
        assert_eq!(read(nameless.as_bytes(), Tz::UTC).unwrap().left_out.first().unwrap().1, LeftOut::NoUid);
    }

    #[test]
    fn lines_are_unfolded_and_encodings_told_apart() {
        let folded =
            "SUMMARY:Déjeuner av\n ec Zoë\\, puis café\nDTSTART:20300305T120000\nDTEND:20300305T130000";
        assert_eq!(drafted(folded).title, "Déjeuner avec Zoë, puis café");
        let text = calendar(&format!("BEGIN:VEVENT\nUID:a\n{folded}\nEND:VEVENT\n"));
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
        let wide: Vec<u8> =
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [latin, marked, wide] {
            let file = read(&bytes, Tz::UTC).unwrap();
            assert_eq!(file.events.first().unwrap().title, "Déjeuner avec Zoë, puis café");
        }
    }

    #[test]
    fn hostile_files_are_refused_or_read_and_never_break() {
        assert_eq!(read(&vec![b'a'; MOST_BYTES + 1], Tz::UTC).unwrap_err(), IcsError::TooManyBytes);
        assert_eq!(read(&b"BEGIN:VEVENT\n".repeat(5_001), Tz::UTC).unwrap_err(), IcsError::TooManyEvents);
        for bytes in [&b""[..], b"\0\0\0", b"hello", b"<html>", b"\xff\xfe", b"BEGIN:VCARD\r\nEND:VCARD\r\n"]
        {
            assert_eq!(read(bytes, Tz::UTC).unwrap_err(), IcsError::NoCalendar, "{bytes:?}");
        }
        let mut hostile = vec![
            "BEGIN:VCALENDAR\n".repeat(100_000),
            "BEGIN:VCALENDAR\nBEGIN:VALARM\n".repeat(50_000),
            format!("BEGIN:VCALENDAR\nX-A:{}\nEND:VCALENDAR\n", "x\n ".repeat(200_000)),
            format!(
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:{}\nDTSTART:20300305T120000\nDTEND:20300305T130000\nEND:VEVENT\nEND:VCALENDAR\n",
                "u".repeat(100_000)
            ),
            format!(
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART{}:20300305\nEND:VEVENT\nEND:VCALENDAR\n",
                ";X=\"y\"".repeat(100_000)
            ),
            calendar("BEGIN:VEVENT\nUID:a\nDTSTART:99999999T999999\nDTEND:00000000T000000Z\nEND:VEVENT\n"),
            calendar(
                "BEGIN:VEVENT\nUID:a\nDTSTART:20300305T120000\nDURATION:P99999999999999999999W\nEND:VEVENT\n",
            ),
            calendar("END:VEVENT\nEND:VEVENT\nBEGIN:VEVENT\nUID:a"),
        ];
        hostile.push(hostile.concat().chars().take(4_000_000).collect());
        for text in hostile {
            if let Ok(file) = read(text.as_bytes(), Tz::UTC) {
                assert!(file.events.iter().all(|event| event.uid.chars().count() <= 255));
            }
        }
    }
}
