//! Invitations that calendars understand: iCalendar (RFC 5545) inside mail (RFC 6047).

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// One appointment as its calendar entry. The same `uid` with a higher `sequence` replaces the entry.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Stays with the booking for good.
    pub uid: String,
    /// Raised with each change, the cancellation too.
    pub sequence: i32,
    pub method: Method,
    /// It waits for approval.
    pub is_tentative: bool,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// A hint for calendars that show the zone; the times themselves are written in UTC and need none.
    pub timezone: Tz,
    pub summary: String,
    pub description: String,
    pub location: String,
    pub organizer: Person,
    pub attendee: Person,
    /// When this text was made.
    pub stamp: DateTime<Utc>,
    pub url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Request,
    Cancel,
    /// Told for information: it asks for no answer and names no attendee.
    Publish,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    pub email: String,
}

impl Invite {
    /// The text of an `.ics` file: lines end in CRLF and have at most 75 octets.
    pub fn to_ics(&self) -> String {
        calendar(self.method, std::slice::from_ref(self))
    }

    /// Several appointments in one file. Only what is published may have more than one UID (RFC 5546, 3.2); a later
    /// request or cancellation of one of them is about the same entry.
    pub fn published(appointments: &[Self]) -> String {
        calendar(Method::Publish, appointments)
    }

    fn event(&self, method: Method, ics: &mut Lines) {
        ics.line("BEGIN:VEVENT");
        ics.line(&format!("UID:{}", text(&self.uid)));
        ics.line(&format!("SEQUENCE:{}", self.sequence.max(0)));
        ics.line(&format!("DTSTAMP:{}", utc(self.stamp)));
        ics.line(&format!("DTSTART:{}", utc(self.starts_at)));
        ics.line(&format!("DTEND:{}", utc(self.ends_at)));
        for (name, value) in
            [("SUMMARY", &self.summary), ("DESCRIPTION", &self.description), ("LOCATION", &self.location)]
        {
            if !value.trim().is_empty() {
                ics.line(&format!("{name}:{}", text(value)));
            }
        }
        if let Some(url) = &self.url {
            ics.line(&format!("URL:{}", bare(url)));
        }
        ics.line(&format!(
            "ORGANIZER;CN={}:mailto:{}",
            parameter(&self.organizer.name),
            bare(&self.organizer.email)
        ));
        // What is published has none (RFC 5546, 3.2.1).
        if method != Method::Publish {
            // Who books has accepted: without this, calendars ask for an answer that nobody reads.
            ics.line(&format!(
                "ATTENDEE;CN={};ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{}",
                parameter(&self.attendee.name),
                bare(&self.attendee.email)
            ));
        }
        ics.line(match method {
            Method::Cancel => "STATUS:CANCELLED",
            Method::Request | Method::Publish if self.is_tentative => "STATUS:TENTATIVE",
            Method::Request | Method::Publish => "STATUS:CONFIRMED",
        });
        ics.line("TRANSP:OPAQUE");
        ics.line("END:VEVENT");
    }
}

fn calendar(method: Method, appointments: &[Invite]) -> String {
    let mut ics = Lines(String::new());
    ics.line("BEGIN:VCALENDAR");
    ics.line("VERSION:2.0");
    ics.line("PRODID:-//Harmony//Bookings//EN");
    ics.line("CALSCALE:GREGORIAN");
    ics.line(match method {
        Method::Request => "METHOD:REQUEST",
        Method::Cancel => "METHOD:CANCEL",
        Method::Publish => "METHOD:PUBLISH",
    });
    if let Some(first) = appointments.first() {
        ics.line(&format!("X-WR-TIMEZONE:{}", first.timezone));
    }
    for appointment in appointments {
        appointment.event(method, &mut ics);
    }
    ics.line("END:VCALENDAR");
    ics.0
}

/// A calendar that other programs subscribe to.
#[derive(Clone, Debug)]
pub struct CalendarFeed {
    pub name: String,
    pub entries: Vec<FeedEntry>,
}

/// One entry of it: an occurrence has its own, so that no program has to reckon what recurs.
#[derive(Clone, Debug)]
pub struct FeedEntry {
    /// The same each time the calendar is read.
    pub uid: String,
    pub sequence: i32,
    /// When it was last changed.
    pub stamp: DateTime<Utc>,
    pub time: FeedTime,
    pub is_tentative: bool,
    pub summary: String,
    pub description: String,
    /// None: where the tenant is.
    pub location: Option<String>,
}

#[derive(Clone, Copy, Debug)]
pub enum FeedTime {
    Instants {
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    },
    /// Whole days, up to the one `after` the last.
    Days {
        first: NaiveDate,
        after: NaiveDate,
    },
}

impl CalendarFeed {
    /// The text of an `.ics` file, the same as long as nothing changes.
    pub fn to_ics(&self) -> String {
        let mut ics = Lines(String::new());
        ics.line("BEGIN:VCALENDAR");
        ics.line("VERSION:2.0");
        ics.line("PRODID:-//Harmony//Calendar//EN");
        ics.line("CALSCALE:GREGORIAN");
        ics.line("METHOD:PUBLISH");
        ics.line(&format!("X-WR-CALNAME:{}", text(&self.name)));
        // RFC 7986, 5.7: how often to look again, for those that ask.
        ics.line("REFRESH-INTERVAL;VALUE=DURATION:PT15M");
        for entry in &self.entries {
            ics.line("BEGIN:VEVENT");
            ics.line(&format!("UID:{}", text(&entry.uid)));
            ics.line(&format!("SEQUENCE:{}", entry.sequence.max(0)));
            ics.line(&format!("DTSTAMP:{}", utc(entry.stamp)));
            match entry.time {
                FeedTime::Instants { from, until } => {
                    ics.line(&format!("DTSTART:{}", utc(from)));
                    ics.line(&format!("DTEND:{}", utc(until)));
                }
                FeedTime::Days { first, after } => {
                    ics.line(&format!("DTSTART;VALUE=DATE:{}", first.format("%Y%m%d")));
                    ics.line(&format!("DTEND;VALUE=DATE:{}", after.format("%Y%m%d")));
                }
            }
            ics.line(&format!("SUMMARY:{}", text(&entry.summary)));
            if !entry.description.trim().is_empty() {
                ics.line(&format!("DESCRIPTION:{}", text(&entry.description)));
            }
            if let Some(location) = &entry.location {
                ics.line(&format!("LOCATION:{}", text(location)));
            }
            ics.line(if entry.is_tentative { "STATUS:TENTATIVE" } else { "STATUS:CONFIRMED" });
            ics.line("TRANSP:OPAQUE");
            ics.line("END:VEVENT");
        }
        ics.line("END:VCALENDAR");
        ics.0
    }
}

fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A TEXT value (RFC 5545, 3.3.11). Control characters have no place in it (3.1).
fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len() + 16);
    for c in value.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => escaped.push_str("\\n"),
            '\t' => escaped.push(' '),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A parameter's value in quotes, which it may not hold itself (RFC 5545, 3.2).
fn parameter(value: &str) -> String {
    let inside: String = value
        .chars()
        .map(|c| match c {
            '"' => '\'',
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => ' ',
            c => c,
        })
        .collect();
    format!("\"{}\"", inside.trim())
}

/// An address or a link: what can be neither is left out, a line break first of all.
fn bare(value: &str) -> String {
    value.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

struct Lines(String);

impl Lines {
    /// Folds after at most 75 octets, between characters (RFC 5545, 3.1). The space that starts a continued line
    /// counts.
    fn line(&mut self, line: &str) {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > 75 {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}
