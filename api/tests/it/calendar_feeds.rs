//! Calendars for other programs, and theirs for us.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use testkit::{Salon, TestApp};

#[expect(clippy::disallowed_methods, reason = "a test has no main.rs that reads the environment for it")]
pub(crate) fn python() -> String {
    let prepared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.harmony/venv/bin/python");
    std::env::var("TEST_PYTHON").unwrap_or_else(|_unset| {
        assert!(
            prepared.exists(),
            "No Python of the tests' own: run `make test`, which prepares it in .harmony/venv."
        );
        prepared.to_str().unwrap().to_owned()
    })
}

/// What an independent reader makes of a calendar: start, end, summary, status, UID. Beside the test, whose connections
/// would else go stale.
pub(crate) async fn read(ics: &str) -> Vec<Value> {
    let ics = ics.to_owned();
    tokio::task::spawn_blocking(move || read_now(&ics)).await.unwrap()
}

fn read_now(ics: &str) -> Vec<Value> {
    const SCRIPT: &str = "import sys, json
from icalendar import Calendar
calendar = Calendar.from_ical(sys.stdin.buffer.read())
events = calendar.walk('VEVENT')
assert calendar['VERSION'] == '2.0' and calendar['PRODID']
for event in events:
    assert not event.errors, event.errors
    assert event['DTSTAMP'].dt.tzinfo is not None
print(json.dumps([[e['DTSTART'].dt.isoformat(), e['DTEND'].dt.isoformat(), e['SUMMARY'], e['STATUS'], e['UID'],
  e.get('DESCRIPTION', '')] for e in events]))";
    let mut parser = Command::new(python())
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    parser.stdin.take().unwrap().write_all(ics.as_bytes()).unwrap();
    let output = parser.wait_with_output().unwrap();
    assert!(output.status.success(), "not a calendar:\n{ics}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The path of a feed's address.
fn path(url: &Value) -> String {
    let url = url.as_str().unwrap();
    url.get(url.find("/ical/").unwrap()..).unwrap().to_owned()
}

async fn take(salon: &Salon<'_>, body: Value) -> Value {
    salon.post("/events").json(&body).await.expect(201)
}

#[tokio::test]
async fn a_feed_is_a_calendar_that_others_understand() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let staff = salon.first_staff().await;
    let feed = format!("/staff/{staff}/calendar-feed");
    assert_eq!(salon.get(&feed).await.expect(200)["is_open"], false);
    let opened = salon.post(&feed).json(&json!({"shows_details": true})).await.expect(201);
    let address = path(&opened["url"]);
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    let gone = salon.book("Bob", "2030-03-05T10:00:00Z").await.expect(201)["public_code"].clone();
    let listed = salon.get("/bookings").query(&[("q", gone.as_str().unwrap())]).await.expect(200);
    let id = listed["data"][0]["id"].as_str().unwrap().to_owned();
    salon.post(&format!("/bookings/{id}/cancellation")).json(&json!({})).await.expect(200);
    take(&salon, json!({"staff_id": staff, "title": "Déjeuner; avec, Zoë", "note": "au\ncoin", "start": "2030-03-06T12:00", "end": "2030-03-06T13:00", "recurrence": "FREQ=WEEKLY;COUNT=2"})).await;
    take(&salon, json!({"staff_id": staff, "title": "Off", "all_day": true, "start": "2030-03-30", "end": "2030-04-01"})).await;
    let answer = app.request("GET", &address).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/calendar; charset=utf-8"));
    assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow");
    assert!(answer.text.split("\r\n").all(|line| line.len() <= 75), "{}", answer.text);
    let events = read(&answer.text).await;
    let told: Vec<(&str, &str, &str)> = events
        .iter()
        .map(|event| (event[0].as_str().unwrap(), event[1].as_str().unwrap(), event[2].as_str().unwrap()))
        .collect();
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(
        told.contains(&("2030-03-05T09:00:00+00:00", "2030-03-05T10:00:00+00:00", "Ana · Haircut")),
        "{told:?}"
    );
    assert!(
        told.contains(&("2030-03-06T11:00:00+00:00", "2030-03-06T12:00:00+00:00", "Déjeuner; avec, Zoë")),
        "{told:?}"
    );
    assert!(
        told.contains(&("2030-03-13T11:00:00+00:00", "2030-03-13T12:00:00+00:00", "Déjeuner; avec, Zoë")),
        "{told:?}"
    );
    // The day on which the clocks change is a day.
    assert!(told.contains(&("2030-03-30", "2030-04-02", "Off")), "{told:?}");
    // Read again it is the same, and told as such.
    let tag = answer.header("etag").to_owned();
    let again = app.request("GET", &address).header("if-none-match", &tag).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    salon.book("Cleo", "2030-03-07T09:00:00Z").await.expect(201);
    assert_eq!(app.request("GET", &address).header("if-none-match", &tag).await.status, 200);
}

#[tokio::test]
async fn who_may_not_see_details_sees_that_the_time_is_taken() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"auto_confirm": false})).await;
    let staff = salon.first_staff().await;
    let feed = format!("/staff/{staff}/calendar-feed");
    let opened = salon.post(&feed).json(&json!({"shows_details": false})).await.expect(201);
    let address = path(&opened["url"]);
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    take(&salon, json!({"staff_id": staff, "title": "Dentist", "note": "Root", "start": "2030-03-06T12:00", "end": "2030-03-06T13:00"})).await;
    let text = app.request("GET", &address).await.text;
    for secret in ["Ana", "Haircut", "Dentist", "Root"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let events = read(&text).await;
    assert_eq!((&events[0][2], &events[0][3]), (&json!("Busy"), &json!("TENTATIVE")));
    assert_eq!(events[1][3], "CONFIRMED");
    salon.patch(&feed).json(&json!({"shows_details": true})).await.expect(200);
    assert!(app.request("GET", &address).await.text.contains("Dentist"));
    // Renewed, the old address leads nowhere; revoked, none does: the same as one that never was.
    let renewed = path(&salon.post(&feed).json(&json!({"shows_details": true})).await.expect(201)["url"]);
    assert_ne!(renewed, address);
    assert_eq!(app.request("GET", &renewed).await.status, 200);
    salon.delete(&feed).await.expect(204);
    let other = app.tenant("other").await;
    let own = other.first_staff().await;
    let theirs =
        other.post(&format!("/staff/{own}/calendar-feed")).json(&json!({"shows_details": true})).await;
    let theirs = path(&theirs.expect(201)["url"]);
    // Their tenant with our secret.
    let mixed = format!("{}{}", theirs.get(..26).unwrap(), renewed.get(26..).unwrap());
    for gone in [
        &address,
        &renewed,
        &mixed,
        "/ical/x.ics",
        "/ical/.ics",
        "/ical/AAAA",
        renewed.trim_end_matches(".ics"),
    ] {
        app.request("GET", gone).await.refused(404, "NOT_FOUND");
    }
    let hashes = "SELECT count(*) FROM calendar_feeds WHERE length(token_hash) = 32";
    assert_eq!(app.database.admin().await.query_one(hashes, &[]).await.unwrap().get::<_, i64>(0), 1);
}

const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VTIMEZONE\r\nTZID:Romance Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16011028T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n\
BEGIN:VEVENT\r\nUID:yoga\r\nSUMMARY:Yoga\r\nDTSTART;TZID=Romance Standard Time:20300305T100000\r\nDTEND;TZID=Romance Standard Time:20300305T110000\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nEXDATE;TZID=Romance Standard Time:20300312T100000\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:yoga\r\nSUMMARY:Yoga later\r\nRECURRENCE-ID;TZID=Romance Standard Time:20300319T100000\r\nDTSTART;TZID=Romance Standard Time:20300319T150000\r\nDTEND;TZID=Romance Standard Time:20300319T160000\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:free\r\nSUMMARY:Birthday\r\nDTSTART;VALUE=DATE:20300306\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:fair\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:20300306\r\nDTEND;VALUE=DATE:20300307\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:wild\r\nSUMMARY:Wild\r\nDTSTART:20300306T100000Z\r\nDTEND:20300306T110000Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nSUMMARY:Nameless\r\nDTSTART:20300306T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[tokio::test]
async fn a_file_is_taken_over_once_however_often_it_comes() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let rules: Vec<Value> =
        (1..=7).map(|weekday| json!({"weekday": weekday, "start": "09:00", "end": "17:00"})).collect();
    salon.put("/opening-rules").json(&json!({"rules": rules})).await.expect(200);
    salon.service(json!({})).await;
    let staff = salon.first_staff().await;
    let import = async |file: &str| {
        salon.post(&format!("/staff/{staff}/calendar-import")).file("text/calendar", file.as_bytes()).await
    };
    let free = async |date: &str| {
        let day = salon.availability(date).await;
        let starts = day["slots"].as_array().unwrap().iter();
        starts.map(|slot| slot["local_start"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let booked = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201)["public_code"].clone();
    let report = import(FILE).await.expect(200);
    assert_eq!(
        (&report["made"], &report["updated"], &report["removed"]),
        (&json!(3), &json!(0), &json!(0)),
        "{report}"
    );
    let left_out: Vec<&str> =
        report["left_out"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap()).collect();
    assert_eq!(left_out, ["Nameless", "Wild"]);
    assert_eq!((&report["overlap_count"], &report["overlaps"]), (&json!(1), &json!([booked])));
    // Left out of the series, moved, and a whole day.
    assert_eq!(free("2030-03-12").await.split(' ').count(), 8);
    assert_eq!(free("2030-03-19").await, "09:00 10:00 11:00 12:00 13:00 14:00 16:00");
    assert_eq!(free("2030-03-06").await, "");
    let again = import(FILE).await.expect(200);
    assert_eq!(
        (&again["made"], &again["updated"], &again["unchanged"]),
        (&json!(0), &json!(0), &json!(3)),
        "{again}"
    );
    // Changed, and cancelled.
    let changed = FILE
        .replace("20300306T", "20300307T")
        .replace("SUMMARY:Fair\r\n", "SUMMARY:Fair\r\nSTATUS:CANCELLED\r\n");
    let changed =
        changed.replace("20300319T150000", "20300319T090000").replace("20300319T160000", "20300319T100000");
    let report = import(&changed).await.expect(200);
    assert_eq!(
        (&report["made"], &report["updated"], &report["removed"]),
        (&json!(0), &json!(1), &json!(1)),
        "{report}"
    );
    assert_eq!(free("2030-03-06").await.split(' ').count(), 8);
    assert!(free("2030-03-19").await.starts_with("10:00"));
    let rows = "SELECT count(*) FROM private_events";
    assert_eq!(app.database.admin().await.query_one(rows, &[]).await.unwrap().get::<_, i64>(0), 2);
}

#[tokio::test]
async fn own_bookings_and_events_that_come_back_in_a_file_are_not_there_twice() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let staff = salon.first_staff().await;
    let opened = salon.post(&format!("/staff/{staff}/calendar-feed")).json(&json!({"shows_details": true}));
    let address = path(&opened.await.expect(201)["url"]);
    let booked = salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    take(&salon, json!({"staff_id": staff, "title": "Lunch", "start": "2030-03-06T12:00", "end": "2030-03-06T13:00", "recurrence": "FREQ=WEEKLY;COUNT=2"})).await;
    app.run_jobs().await;
    let ours = app.request("GET", &address).await.text;
    let mails = app.mails().await;
    let mail = mails.iter().find(|mail| mail.to.contains("ana@")).unwrap();
    let invitation = mail.attachments.iter().find(|file| file.name == "invite.ics").unwrap();
    let invitation = String::from_utf8(invitation.bytes.clone()).unwrap();
    let busy = async || {
        let rows = "SELECT count(*) FROM private_events";
        app.database.admin().await.query_one(rows, &[]).await.unwrap().get::<_, i64>(0)
    };
    let import = async |salon: &Salon<'_>, file: &str| {
        let staff = salon.first_staff().await;
        let path = format!("/staff/{staff}/calendar-import");
        salon.post(&path).file("text/calendar", file.as_bytes()).await.expect(200)
    };
    let why = |report: &Value| -> Vec<(String, String)> {
        let left_out = report["left_out"].as_array().unwrap().iter();
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        left_out.map(|one| (text(one, "title"), text(one, "code"))).collect()
    };
    let own = |title: &str| (title.to_owned(), "OWN".to_owned());
    let report = import(&salon, &ours).await;
    assert_eq!((&report["made"], &report["left_out_count"]), (&json!(0), &json!(3)), "{report}");
    assert_eq!(why(&report), [own("Ana · Haircut"), own("Lunch"), own("Lunch")]);
    let report = import(&salon, &invitation).await;
    assert_eq!((&report["made"], why(&report)), (&json!(0), vec![own("Haircut · Salon salon")]), "{report}");
    assert_eq!(busy().await, 1);
    // Gone here, the time is free again.
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let code = booked["public_code"].as_str().unwrap();
    let email = json!({"email": "ana@customer.example"});
    salon.public("POST", &format!("/bookings/{code}/cancellation")).json(&email).await.expect(200);
    assert!(salon.starts("2030-03-05").await.contains(&"2030-03-05T09:00:00Z".to_owned()));
    // What only looks like ours, and an appointment with somebody else on this platform, is a private event.
    let (id, host) = invitation.lines().find_map(|line| line.strip_prefix("UID:")?.split_once('@')).unwrap();
    let strange = invitation.replace(id, "019c0000-0000-7000-8000-000000000000");
    let elsewhere = invitation.replace(&format!("{id}@{host}"), &format!("{id}@other.example"));
    for file in [&strange, &elsewhere] {
        let report = import(&salon, file).await;
        assert_eq!((&report["made"], &report["left_out_count"]), (&json!(1), &json!(0)), "{report}");
    }
    let other = app.tenant("other").await;
    assert_eq!(import(&other, &invitation).await["made"], 1);
    assert_eq!(busy().await, 4);
    // It is not her time that it takes.
    let bea = salon.staff("Bea").await;
    let calendar = format!("/staff/{bea}/calendar-import");
    let report = salon.post(&calendar).file("text/calendar", ours.as_bytes()).await.expect(200);
    assert_eq!(report["left_out_count"], 0, "{report}");
    app.run_jobs().await;
}

#[tokio::test]
async fn one_file_of_two_staff_members_is_an_event_of_each() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (bea, first) = (salon.staff("Bea").await, salon.first_staff().await);
    let service = salon.service(json!({})).await;
    let import = async |staff: &str, file: &str| {
        let path = format!("/staff/{staff}/calendar-import");
        let report = salon.post(&path).file("text/calendar", file.as_bytes()).await.expect(200);
        ["made", "updated", "removed", "unchanged"].map(|count| report[count].as_i64().unwrap())
    };
    let free = async |staff: &str| {
        let query = [("service_id", service.as_str()), ("date", "2030-03-05"), ("staff_id", staff)];
        let day = salon.public("GET", "/availability").query(&query).await.expect(200);
        day["slots"].as_array().unwrap().len()
    };
    assert_eq!((free(&bea).await, free(&first).await), (10, 10));
    for staff in [&bea, &first] {
        assert_eq!(import(staff, FILE).await, [3, 0, 0, 0]);
    }
    assert_eq!((free(&bea).await, free(&first).await), (9, 9));
    for staff in [&bea, &first] {
        assert_eq!(import(staff, FILE).await, [0, 0, 0, 3]);
    }
    // What is called off with one of them takes place with the other.
    let cancelled = FILE.replace("SUMMARY:Yoga\r\n", "SUMMARY:Yoga\r\nSTATUS:CANCELLED\r\n");
    // The series goes with what stands for an occurrence of it, which the file has on its own now.
    assert_eq!(import(&bea, &cancelled).await, [1, 0, 1, 1]);
    assert_eq!(import(&bea, &cancelled).await, [0, 0, 0, 2]);
    assert_eq!((free(&bea).await, free(&first).await), (10, 9));
    let rows = "SELECT staff_id::text, string_agg(title, ', ' ORDER BY title) FROM private_events GROUP BY 1";
    let rows = app.database.admin().await.query(rows, &[]).await.unwrap();
    let mut titles: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut expected = [(bea, "Fair, Yoga later".to_owned()), (first, "Fair, Yoga, Yoga later".to_owned())];
    titles.sort();
    expected.sort();
    assert_eq!(titles, expected);
}

#[tokio::test]
async fn every_event_of_a_big_file_takes_its_time() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant_in("salon", "UTC").await;
    let rules: Vec<Value> =
        (1..=7).map(|weekday| json!({"weekday": weekday, "start": "00:00", "end": "24:00"})).collect();
    salon.put("/opening-rules").json(&json!({"rules": rules})).await.expect(200);
    salon.service(json!({"duration_minutes": 30, "horizon_days": 60})).await;
    let path = format!("/staff/{}/calendar-import", salon.first_staff().await);
    // Each half an hour of twenty days by an event of its own.
    let event = |day: u32, half: u32, more: &str| {
        let (hour, minute) = (half / 2, half % 2 * 30);
        format!(
            "BEGIN:VEVENT\r\nUID:{day}-{half}\r\nSUMMARY:n\r\n{more}DTSTART:203003{day:02}T{hour:02}{minute:02}00Z\r\nDURATION:PT30M\r\nEND:VEVENT\r\n"
        )
    };
    let events: String = (5..25)
        .flat_map(|day| (0..48).map(move |half| (day, half)))
        .map(|(day, half)| event(day, half, ""))
        .collect();
    let file = |events: &str| format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n");
    let report = salon.post(&path).file("text/calendar", file(&events)).await.expect(200);
    assert_eq!((&report["made"], &report["left_out"]), (&json!(960), &json!([])));
    for day in 5..25 {
        assert_eq!(salon.starts(&format!("2030-03-{day:02}")).await, Vec::<String>::new());
    }
    assert_eq!(salon.starts("2030-03-25").await.len(), 48);
    // The last of all and one of the middle are called off.
    let gone = [event(24, 47, "STATUS:CANCELLED\r\n"), event(14, 1, "STATUS:CANCELLED\r\n")].concat();
    let report = salon.post(&path).file("text/calendar", file(&gone)).await.expect(200);
    assert_eq!(report["removed"], 2, "{report}");
    assert_eq!(salon.starts("2030-03-24").await, ["2030-03-24T23:30:00Z"]);
    assert_eq!(salon.starts("2030-03-14").await, ["2030-03-14T00:30:00Z"]);
}

#[tokio::test]
async fn what_is_no_calendar_is_told_so_and_changes_nothing() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = salon.first_staff().await;
    let address = format!("/staff/{staff}/calendar-import");
    let import = async |bytes: Vec<u8>| salon.post(&address).file("text/calendar", bytes).await;
    for bytes in [&b"hello"[..], b"\0\xff\xfe", b"<html></html>"] {
        import(bytes.to_vec()).await.refused(422, "INVALID");
    }
    import(b"BEGIN:VEVENT\r\n".repeat(5_001)).await.refused(422, "INVALID");
    import(vec![b'a'; 5 * 1024 * 1024 + 1]).await.refused(422, "INVALID");
    import("BEGIN:VCALENDAR\r\n".repeat(100_000).into_bytes()).await.expect(200);
    salon.post(&address).file("text/html", b"x".to_vec()).await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    // A thousand events, all of them.
    let events: Vec<String> = (0..1_000)
        .map(|n| format!("BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:n\r\nDTSTART:203003{:02}T{:02}0000Z\r\nDURATION:PT30M\r\nEND:VEVENT\r\n", n % 28 + 1, n % 24))
        .collect();
    let events = events.concat();
    let file = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n");
    assert_eq!(import(file.into_bytes()).await.expect(200)["made"], 1_000);
}

#[tokio::test]
async fn seats_of_a_group_session_are_shown_for_each_who_comes() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"name": "Yoga", "capacity": 3})).await;
    let staff = salon.first_staff().await;
    let body = json!({"shows_details": true});
    let opened = salon.post(&format!("/staff/{staff}/calendar-feed")).json(&body).await.expect(201);
    for name in ["Ana", "Bob"] {
        salon.book(name, "2030-03-05T09:00:00Z").await.expect(201);
    }
    let answer = app.request("GET", &path(&opened["url"])).await;
    let told: Vec<String> =
        read(&answer.text).await.iter().map(|event| event[2].as_str().unwrap().to_owned()).collect();
    assert!(told.len() == 2 && told.contains(&"Ana · Yoga".to_owned()), "{told:?}");
}
