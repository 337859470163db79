//! Private events and calendars of others by the forms of the dashboard, in a browser without a script.

use serde_json::json;
use testkit::{Answer, Browser, TestApp};

/// Presses a button that sends a form elsewhere.
async fn press(browser: &mut Browser<'_>, form: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
    let token = browser.value(form, "csrf");
    let mut all = vec![("csrf", token.as_str())];
    all.extend(fields);
    browser.request("POST", to).header("sec-fetch-site", "same-origin").form(&all).await
}

#[tokio::test]
async fn a_private_event_is_made_seen_changed_and_taken_away() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let staff = salon.first_staff().await;
    let mut browser = Browser::of(&salon).await;
    browser.open(&format!("/app/events/new?date=2030-03-05&time=12:00&staff_id={staff}")).await;
    let typed = [
        ("title", "Yoga <b>"),
        ("starts_at", "12:00"),
        ("ends_at", "13:00"),
        ("repeat", "weekly"),
        ("until", "2030-03-19"),
    ];
    browser.submit("/app/events/new", &typed).await;
    assert_eq!(browser.address, "/app/calendar?date=2030-03-05", "{}", browser.page.text);
    assert!(browser.page.text.contains("Yoga &lt;b&gt;") && browser.page.text.contains("12:00 – 13:00"));
    for (date, is_there) in
        [("2030-03-06", false), ("2030-03-12", true), ("2030-03-19", true), ("2030-03-26", false)]
    {
        let page = browser.open(&format!("/app/calendar?date={date}")).await;
        assert_eq!(page.text.contains("Yoga"), is_there, "{date}");
    }
    let list = browser.open("/app/events").await.text.clone();
    assert_eq!(list.matches("Yoga &lt;b&gt;").count(), 3, "{list}");
    assert!(list.contains("Every week on Tuesday, until Tuesday 19 March 2030"), "{list}");
    // Nobody outside sees what it is.
    assert!(!app.request("GET", "/salon").header("accept", "text/html").await.text.contains("Yoga"));
    let id = list.split_once("href=\"/app/events/0").unwrap().1.get(..35).unwrap();
    let path = format!("/app/events/0{id}");
    // One of them, an hour later.
    browser.open(&format!("{path}?occurrence=2030-03-12T12:00:00")).await;
    browser.submit(&path, &[("starts_at", "14:00"), ("ends_at", "15:00")]).await;
    assert!(browser.page.text.contains("14:00 – 15:00"), "{}", browser.page.text);
    assert!(browser.open("/app/calendar?date=2030-03-19").await.text.contains("12:00 – 13:00"));
    // All of them an hour earlier, from the last one's form.
    browser.open(&format!("{path}?occurrence=2030-03-19T12:00:00")).await;
    browser.submit(&path, &[("scope", "all"), ("starts_at", "11:00"), ("ends_at", "12:00")]).await;
    assert!(browser.open("/app/calendar?date=2030-03-05").await.text.contains("11:00 – 12:00"));
    assert!(browser.open("/app/calendar?date=2030-03-12").await.text.contains("14:00 – 15:00"));
    // What is wrong is told where it is, and what was typed is kept.
    browser.open(&format!("{path}?occurrence=2030-03-19T11:00:00")).await;
    let refused = browser.submit(&path, &[("title", ""), ("ends_at", "10:00"), ("note", "Mat")]).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("role=\"alert\"")
            && refused.text.contains("e-title")
            && refused.text.contains("Mat")
    );
    browser.open(&format!("{path}?occurrence=2030-03-19T11:00:00")).await;
    let fields = [("occurrence", "2030-03-19T11:00:00"), ("scope", "later")];
    assert_eq!(press(&mut browser, &path, &format!("{path}/remove"), &fields).await.status, 303);
    assert!(!browser.open("/app/calendar?date=2030-03-19").await.text.contains("Yoga"));
    let removed = {
        browser.open(&path).await;
        press(&mut browser, &path, &format!("{path}/remove"), &[]).await
    };
    assert_eq!(removed.status, 303);
    assert!(!browser.open("/app/events").await.text.contains("Yoga"));
    browser.open("/app/events/new?date=2030-03-07").await;
    browser
        .submit(
            "/app/events/new",
            &[("title", "Off"), ("staff_id", &staff), ("all_day", "on"), ("ends_on", "2030-03-08")],
        )
        .await;
    assert_eq!(salon.availability("2030-03-08").await["slots"], json!([]));
    assert!(browser.open("/app/calendar?date=2030-03-08").await.text.contains("All day"));
}

#[tokio::test]
async fn a_calendar_is_shared_and_a_file_taken_over_by_forms() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let staff = salon.first_staff().await;
    let path = format!("/app/staff/{staff}/calendar");
    let mut browser = Browser::of(&salon).await;
    browser.open(&path).await;
    let page = browser.submit(&path, &[("shows", "busy")]).await.text.clone();
    let address =
        page.get(page.find("/ical/").unwrap()..).unwrap().split(['<', '"']).next().unwrap().to_owned();
    assert_eq!(app.request("GET", &address).await.status, 200);
    // It is told once.
    assert!(!browser.open(&path).await.text.contains("/ical/"));
    let revoked = press(&mut browser, &format!("{path}/shows"), &format!("{path}/revoke"), &[]).await;
    assert_eq!(revoked.status, 303);
    app.request("GET", &address).await.refused(404, "NOT_FOUND");
    let send = async |browser: &mut Browser<'_>, bytes: &[u8]| {
        browser.open(&path).await;
        let import = format!("{path}/import");
        let token = browser.value(&import, "csrf");
        let request = browser.request("POST", &import).header("sec-fetch-site", "same-origin");
        request.form_with_file(&[("csrf", &token)], "a.ics", "text/calendar", bytes).await
    };
    let file = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:20300306\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nSUMMARY:Nameless\r\nDTSTART;VALUE=DATE:20300306\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let sent = send(&mut browser, file).await;
    assert_eq!(sent.status, 200);
    assert!(
        sent.text.contains("1 made, 0 updated") && sent.text.contains("has no identifier"),
        "{}",
        sent.text
    );
    assert!(browser.open("/app/calendar?date=2030-03-06").await.text.contains("Fair"));
    let refused = send(&mut browser, b"hello").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("This file is not a calendar."), "{}", refused.text);
}
