//! Invitations as an independent parser (`read_calendar.py`) understands them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use chrono_tz::Tz;
use serde_json::{Value, json};
use templates::{Invite, Method, Person};

fn invite() -> Invite {
    Invite {
        uid: "019ab4c2-0000-7000-8000-000000000001@harmony".to_owned(),
        sequence: 0,
        method: Method::Request,
        is_tentative: false,
        starts_at: "2026-11-24T09:15:00Z".parse().unwrap(),
        ends_at: "2026-11-24T10:50:00Z".parse().unwrap(),
        timezone: Tz::Europe__Paris,
        summary: "Coupe & brushing".to_owned(),
        description: "Avec Inès".to_owned(),
        location: "12 rue des Abbesses, 75018 Paris".to_owned(),
        organizer: Person {
            name: "Studio Mirabelle".to_owned(),
            email: "bonjour@mirabelle.example".to_owned(),
        },
        attendee: Person { name: "Zoë Łódzka".to_owned(), email: "zoe@example.org".to_owned() },
        stamp: "2026-11-20T08:00:00Z".parse().unwrap(),
        url: Some("https://book.example/b/K7Q29F?token=a.b".to_owned()),
    }
}

#[expect(clippy::disallowed_methods, reason = "a test has no main.rs that reads the environment for it")]
fn python() -> String {
    let prepared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.harmony/venv/bin/python");
    std::env::var("TEST_PYTHON").unwrap_or_else(|_unset| {
        assert!(
            prepared.exists(),
            "No Python with icalendar: run `make test`, which prepares it in .harmony/venv."
        );
        prepared.to_str().unwrap().to_owned()
    })
}

/// The one event of a file.
fn read(ics: &str) -> Value {
    let mut events = read_all(ics);
    assert_eq!(events.len(), 1, "{ics}");
    events.remove(0)
}

fn read_all(ics: &str) -> Vec<Value> {
    let mut parser = Command::new(python())
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/read_calendar.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    parser.stdin.take().unwrap().write_all(ics.as_bytes()).unwrap();
    let output = parser.wait_with_output().unwrap();
    assert!(output.status.success(), "not a calendar:\n{ics}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn an_invitation_is_understood() {
    assert_eq!(
        read(&invite().to_ics()),
        json!({
            "method": "REQUEST",
            "uid": "019ab4c2-0000-7000-8000-000000000001@harmony",
            "sequence": 0,
            "status": "CONFIRMED",
            "start": "2026-11-24T09:15:00+00:00",
            "end": "2026-11-24T10:50:00+00:00",
            "stamp": "2026-11-20T08:00:00+00:00",
            "summary": "Coupe & brushing",
            "description": "Avec Inès",
            "location": "12 rue des Abbesses, 75018 Paris",
            "url": "https://book.example/b/K7Q29F?token=a.b",
            "organizer": ["mailto:bonjour@mirabelle.example", "Studio Mirabelle"],
            "attendee": ["mailto:zoe@example.org", "Zoë Łódzka"],
            "properties": [
                "ATTENDEE", "DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART", "LOCATION", "ORGANIZER", "SEQUENCE",
                "STATUS", "SUMMARY", "TRANSP", "UID", "URL"
            ],
        })
    );
}

#[test]
fn booking_moving_and_cancelling_are_one_entry() {
    let chain = [
        invite(),
        Invite { sequence: 1, starts_at: "2026-11-25T09:15:00Z".parse().unwrap(), ..invite() },
        Invite { sequence: 2, method: Method::Cancel, ..invite() },
    ];
    let read: Vec<Value> = chain.iter().map(|invite| read(&invite.to_ics())).collect();
    let all = |field: &str| read.iter().map(|event| event[field].clone()).collect::<Vec<_>>();
    assert_eq!(all("sequence"), [0, 1, 2]);
    assert_eq!(all("method"), ["REQUEST", "REQUEST", "CANCEL"]);
    assert_eq!(all("status"), ["CONFIRMED", "CONFIRMED", "CANCELLED"]);
    assert!(all("uid").iter().all(|uid| *uid == invite().uid));
}

#[test]
fn the_dates_of_a_series_are_one_file_that_is_published() {
    let other = "019ab4c2-0000-7000-8000-000000000002@harmony";
    let moved = Invite {
        uid: other.to_owned(),
        sequence: 1,
        starts_at: "2026-12-01T09:15:00Z".parse().unwrap(),
        ends_at: "2026-12-01T10:50:00Z".parse().unwrap(),
        is_tentative: true,
        ..invite()
    };
    let read = read_all(&Invite::published(&[invite(), moved]));
    let all = |field: &str| read.iter().map(|event| event[field].clone()).collect::<Vec<_>>();
    assert_eq!(all("uid"), [invite().uid.as_str(), other]);
    assert_eq!(all("start"), ["2026-11-24T09:15:00+00:00", "2026-12-01T09:15:00+00:00"]);
    assert_eq!(all("sequence"), [0, 1]);
    assert_eq!(all("status"), ["CONFIRMED", "TENTATIVE"]);
    assert_eq!(all("method"), ["PUBLISH", "PUBLISH"]);
    // RFC 5546, 3.2.1: who publishes is named, and nobody is asked.
    assert!(all("organizer").iter().all(|organizer| organizer[0] == "mailto:bonjour@mirabelle.example"));
    assert!(all("attendee").iter().all(Value::is_null));
}

#[test]
fn whatever_people_type_stays_inside_its_property() {
    let long = "Łódź, 👩‍👩‍👧 ".repeat(40);
    for hostile in [
        "commas, semicolons; colons: and \\ backslashes",
        "a line\nbreak, a second\r\none and\rmore",
        "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:forged",
        "x\\nATTENDEE:mailto:victim@example.net",
        "quotes \" and \"more\";X=1:mailto:victim@example.net",
        "controls \0\u{1}\u{7f}\u{85}\u{2028}\t.",
        "🎉".repeat(75).as_str(),
        "é".repeat(300).as_str(),
        "x".repeat(300).as_str(),
        long.as_str(),
        " leading and trailing ",
        "\\",
        ";",
    ] {
        let ics = Invite {
            summary: hostile.to_owned(),
            description: hostile.to_owned(),
            location: hostile.to_owned(),
            organizer: Person { name: hostile.to_owned(), email: "bonjour@mirabelle.example".to_owned() },
            attendee: Person { name: hostile.to_owned(), email: "zoe@example.org\r\nX: y".to_owned() },
            url: Some("https://book.example/\r\nX-FORGED:1".to_owned()),
            ..invite()
        }
        .to_ics();
        assert!(ics.ends_with("END:VCALENDAR\r\n"));
        for line in ics.split_terminator("\r\n") {
            assert!(line.len() <= 75, "{} octets: {line}", line.len());
            assert!(!line.contains(['\r', '\n']), "{line:?}");
        }
        let event = read(&ics);
        let kept: String = hostile
            .replace("\r\n", "\n")
            .replace(['\r', '\u{85}', '\u{2028}'], "\n")
            .replace('\t', " ")
            .chars()
            .filter(|c| *c == '\n' || !c.is_control())
            .collect();
        for field in ["summary", "description", "location"] {
            assert_eq!(event[field], kept, "{field} of {hostile:?}");
        }
        assert_eq!(event["organizer"][0], "mailto:bonjour@mirabelle.example");
        assert_eq!(event["attendee"][0], "mailto:zoe@example.orgX:y");
        assert_eq!(event["properties"].as_array().unwrap().len(), 13, "{ics}");
    }
}

#[test]
fn what_is_empty_is_left_out() {
    let ics = Invite { description: " ".to_owned(), location: String::new(), url: None, ..invite() }.to_ics();
    for absent in ["DESCRIPTION", "LOCATION", "URL"] {
        assert!(!ics.contains(absent), "{ics}");
    }
}

#[test]
fn no_time_floats() {
    let ics = invite().to_ics();
    for property in
        ["DTSTART:20261124T091500Z\r\n", "DTEND:20261124T105000Z\r\n", "DTSTAMP:20261120T080000Z\r\n"]
    {
        assert!(ics.contains(property), "{ics}");
    }
}
