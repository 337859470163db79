//! What hours, pauses, closures and one-off openings do to the slots that are offered.

use serde_json::{Value, json};
use testkit::{Browser, Salon, TestApp};

/// The starts of a date on the tenant's wall clock.
async fn wall(salon: &Salon<'_>, date: &str) -> Vec<String> {
    let day = salon.availability(date).await;
    let slots = day["slots"].as_array().unwrap();
    slots.iter().map(|slot| slot["local_start"].as_str().unwrap().to_owned()).collect()
}

async fn open(salon: &Salon<'_>, weekday: u8, ranges: &[(&str, &str)]) {
    let rules: Vec<Value> =
        ranges.iter().map(|(start, end)| json!({"weekday": weekday, "start": start, "end": end})).collect();
    let body = json!({"rules": rules});
    assert_eq!(salon.put("/opening-rules").json(&body).await.expect(200)["rules"], body["rules"]);
}

#[tokio::test]
async fn a_day_may_have_several_ranges_and_end_at_midnight() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    open(&salon, 2, &[("08:00", "10:00"), ("22:00", "24:00")]).await;
    assert_eq!(wall(&salon, "2030-03-05").await, ["08:00", "09:00", "22:00", "23:00"]);
    assert_eq!(wall(&salon, "2030-03-06").await, Vec::<String>::new());
    for (start, end) in
        [("24:00", "24:00"), ("10:00", "09:00"), ("10:00", "10:00"), ("25:00", "26:00"), ("9:00", "10:00")]
    {
        let body = json!({"rules": [{"weekday": 2, "start": start, "end": end}]});
        salon.put("/opening-rules").json(&body).await.refused(422, "INVALID");
    }
    for weekday in [0, 8, -1] {
        let body = json!({"rules": [{"weekday": weekday, "start": "09:00", "end": "10:00"}]});
        salon.put("/opening-rules").json(&body).await.refused(422, "INVALID");
    }
    // What was refused changed nothing.
    assert_eq!(wall(&salon, "2030-03-05").await.len(), 4);
}

#[tokio::test]
async fn a_pause_takes_its_slots_away() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    open(&salon, 2, &[("09:00", "15:00")]).await;
    let pause = json!({"rules": [{"weekday": 2, "start": "12:00", "end": "13:00"}]});
    salon.put("/break-rules").json(&pause).await.expect(200);
    assert_eq!(salon.get("/break-rules").await.expect(200)["rules"], pause["rules"]);
    assert_eq!(wall(&salon, "2030-03-05").await, ["09:00", "10:00", "11:00", "13:00", "14:00"]);
    salon.book("Ana", "2030-03-05T11:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
}

#[tokio::test]
async fn a_closure_closes_its_dates_and_an_opening_replaces_the_week() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let closure = json!({"starts_on": "2030-03-05", "ends_on": "2030-03-06", "reason": "Holidays"});
    let closure = salon.post("/closures").json(&closure).await.expect(201);
    assert!(wall(&salon, "2030-03-05").await.is_empty() && wall(&salon, "2030-03-06").await.is_empty());
    assert_eq!(wall(&salon, "2030-03-07").await.len(), 10);
    assert_eq!(salon.get("/closures").await.expect(200)["data"], json!([closure]));
    salon.delete(&format!("/closures/{}", closure["id"].as_str().unwrap())).await.expect(204);
    assert_eq!(wall(&salon, "2030-03-05").await.len(), 10);
    // A Saturday, and a Tuesday with other hours.
    for (date, start, end) in [("2030-03-09", "10:00", "12:00"), ("2030-03-05", "20:00", "24:00")] {
        let body = json!({"date": date, "start": start, "end": end});
        salon.post("/openings").json(&body).await.expect(201);
    }
    assert_eq!(wall(&salon, "2030-03-09").await, ["10:00", "11:00"]);
    assert_eq!(wall(&salon, "2030-03-05").await, ["20:00", "21:00", "22:00", "23:00"]);
    salon.book("Ana", "2030-03-09T09:00:00Z").await.expect(201);
    let backwards = json!({"starts_on": "2030-03-06", "ends_on": "2030-03-05"});
    salon.post("/closures").json(&backwards).await.refused(422, "INVALID");
    for date in ["1999-12-31", "2201-01-01", "2030-02-29"] {
        let body = json!({"date": date, "start": "10:00", "end": "12:00"});
        salon.post("/openings").json(&body).await.refused(422, "INVALID");
    }
}

#[tokio::test]
async fn a_member_of_staff_may_have_hours_and_a_zone_of_their_own() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let bea = salon.staff("Bea").await;
    salon.service(json!({"staff_ids": [bea]})).await;
    salon.patch(&format!("/staff/{bea}")).json(&json!({"timezone": "Europe/London"})).await.expect(200);
    let rules = json!({"rules": [{"weekday": 2, "start": "09:00", "end": "11:00"}]});
    let of_bea = [("staff_id", bea.as_str())];
    salon.put("/opening-rules").query(&of_bea).json(&rules).await.expect(200);
    assert_eq!(wall(&salon, "2030-03-05").await, ["10:00", "11:00"]);
    assert_eq!(salon.get("/opening-rules").query(&of_bea).await.expect(200)["rules"], rules["rules"]);
    // The tenant's own week is as it was.
    assert_eq!(salon.get("/opening-rules").await.expect(200)["rules"].as_array().unwrap().len(), 5);
}

fn tuesdays(start: &str, end: &str) -> Value {
    json!({"rules": [{"weekday": 2, "start": start, "end": end}]})
}

#[tokio::test]
async fn a_week_may_hold_from_a_date_on() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    open(&salon, 2, &[("09:00", "11:00")]).await;
    let from = [("effective_from", "2030-03-12")];
    let week = salon.put("/opening-rules").query(&from).json(&tuesdays("14:00", "16:00")).await.expect(200);
    assert_eq!(week["effective_from"], "2030-03-12");
    let pause = tuesdays("15:00", "16:00");
    salon.put("/break-rules").query(&from).json(&pause).await.expect(200);
    assert_eq!(wall(&salon, "2030-03-05").await, ["09:00", "10:00"]);
    assert_eq!(wall(&salon, "2030-03-12").await, ["14:00"]);
    assert_eq!(wall(&salon, "2030-03-19").await, ["14:00"]);
    let first = salon.get("/opening-rules").await.expect(200);
    assert_eq!(first["rules"], tuesdays("09:00", "11:00")["rules"]);
    assert_eq!(
        (&first["effective_from"], &first["other_weeks_from"]),
        (&Value::Null, &json!(["2030-03-12"]))
    );
    salon.book("Ana", "2030-03-12T09:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    salon.book("Ana", "2030-03-12T13:00:00Z").await.expect(201);
    // Without openings it is none, its pauses go with it, and what held before holds again.
    salon.put("/opening-rules").query(&from).json(&json!({"rules": []})).await.expect(200);
    assert_eq!(wall(&salon, "2030-03-12").await, ["09:00", "10:00"]);
    assert_eq!(salon.get("/break-rules").query(&from).await.expect(200)["rules"], json!([]));
    for date in ["1999-12-31", "2201-01-01"] {
        let query = [("effective_from", date)];
        let refused = salon.put("/opening-rules").query(&query).json(&tuesdays("14:00", "16:00")).await;
        refused.refused(422, "INVALID");
    }
}

#[tokio::test]
async fn who_gets_a_week_from_a_date_on_keeps_until_then_what_they_had() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let bea = salon.staff("Bea").await;
    salon.service(json!({"staff_ids": [bea]})).await;
    open(&salon, 2, &[("09:00", "12:00")]).await;
    salon.put("/break-rules").json(&tuesdays("10:00", "11:00")).await.expect(200);
    let query = [("staff_id", bea.as_str()), ("effective_from", "2030-03-12")];
    salon.put("/opening-rules").query(&query).json(&tuesdays("18:00", "19:00")).await.expect(200);
    assert_eq!(wall(&salon, "2030-03-05").await, ["09:00", "11:00"]);
    assert_eq!(wall(&salon, "2030-03-12").await, ["18:00"]);
    // The tenant's later weeks that begin before theirs are kept too.
    let cleo = salon.staff("Cleo").await;
    salon.service(json!({"staff_ids": [cleo]})).await;
    for (date, start, end) in [("2030-03-12", "13:00", "14:00"), ("2030-03-26", "07:00", "08:00")] {
        let query = [("effective_from", date)];
        salon.put("/opening-rules").query(&query).json(&tuesdays(start, end)).await.expect(200);
    }
    let query = [("staff_id", cleo.as_str()), ("effective_from", "2030-03-19")];
    salon.put("/opening-rules").query(&query).json(&tuesdays("18:00", "19:00")).await.expect(200);
    assert_eq!(wall(&salon, "2030-03-05").await, ["09:00", "11:00"]);
    assert_eq!(wall(&salon, "2030-03-12").await, ["13:00"]);
    for date in ["2030-03-19", "2030-03-26"] {
        assert_eq!(wall(&salon, date).await, ["18:00"], "{date}");
    }
}

#[tokio::test]
async fn a_service_with_hours_of_its_own_is_offered_within_them_alone() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(json!({})).await;
    open(&salon, 2, &[("09:00", "17:00")]).await;
    let own = [("service_id", id.as_str())];
    salon.put("/opening-rules").query(&own).json(&tuesdays("15:00", "20:00")).await.expect(200);
    assert_eq!(wall(&salon, "2030-03-05").await, ["15:00", "16:00"]);
    assert_eq!(wall(&salon, "2030-03-06").await, Vec::<String>::new());
    salon.book("Ana", "2030-03-05T08:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    salon.book("Ana", "2030-03-05T14:00:00Z").await.expect(201);
    // From a date on: until then at the hours it has; of another service without any, at all times.
    let other = salon.service(json!({"name": "Colour"})).await;
    let query = [("service_id", other.as_str()), ("effective_from", "2030-03-12")];
    salon.put("/opening-rules").query(&query).json(&tuesdays("09:00", "10:00")).await.expect(200);
    let starts = async |date: &str| {
        let query = [("service_id", other.as_str()), ("date", date)];
        salon.get("/availability").query(&query).await.expect(200)["slots"].as_array().unwrap().len()
    };
    assert_eq!(
        (starts("2030-03-06").await, starts("2030-03-12").await, starts("2030-03-13").await),
        (0, 1, 0)
    );
    assert_eq!(starts("2030-03-05").await, 7, "the eight of the day less the one that is booked");
    // Nobody's, and of two owners at once.
    let nobodys = [("service_id", "0190aaaa-0000-7000-8000-000000000000")];
    salon.get("/opening-rules").query(&nobodys).await.refused(404, "NOT_FOUND");
    let both = [("service_id", id.as_str()), ("staff_id", id.as_str())];
    salon.get("/opening-rules").query(&both).await.refused(422, "INVALID");
}

#[tokio::test]
async fn the_days_on_which_clocks_change_have_the_hours_they_have() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"horizon_days": 730})).await;
    open(&salon, 7, &[("00:00", "06:00")]).await;
    assert_eq!(wall(&salon, "2030-03-24").await.len(), 6);
    // Two o'clock does not exist.
    assert_eq!(wall(&salon, "2030-03-31").await, ["00:00", "01:00", "03:00", "04:00", "05:00"]);
    // Two o'clock comes twice.
    assert_eq!(
        wall(&salon, "2030-10-27").await,
        ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00", "05:00"]
    );
    for date in ["2030-03-31", "2030-10-27"] {
        for start in salon.starts(date).await {
            let booked = salon.book("Ana", &start).await.expect(201);
            assert_eq!(booked["start"], start);
        }
        assert!(wall(&salon, date).await.is_empty());
    }
}

#[tokio::test]
async fn a_viewers_zone_regroups_the_same_instants() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(json!({})).await;
    let mut instants = Vec::new();
    for zone in ["Europe/Paris", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu"] {
        let mut starts = Vec::new();
        for date in ["2030-03-04", "2030-03-05", "2030-03-06", "2030-03-07", "2030-03-08", "2030-03-09"] {
            let query = [("service_id", id.as_str()), ("date", date), ("timezone", zone)];
            let day = salon.public("GET", "/availability").query(&query).await.expect(200);
            assert_eq!(day["timezone"], zone);
            for slot in day["slots"].as_array().unwrap() {
                starts.push(slot["start"].as_str().unwrap().to_owned());
            }
        }
        assert!(starts.is_sorted());
        instants.push(starts);
    }
    instants.dedup();
    assert_eq!(instants.len(), 1);
}

#[tokio::test]
async fn today_is_todays_wherever_it_is_asked_from() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(json!({"horizon_days": 1})).await;
    // Half past one in the afternoon of the 4th in Paris, half past one at night of the 5th in Auckland.
    app.clock.advance("2030-03-04T12:30:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.now());
    let asked = async |date: &str, zone: &str| {
        let query = [("service_id", id.as_str()), ("date", date), ("timezone", zone)];
        let day = salon.public("GET", "/availability").query(&query).await.expect(200);
        let slots = day["slots"].as_array().unwrap().iter();
        let starts: Vec<String> =
            slots.map(|slot| slot["start"].as_str().unwrap().replace(":00:00Z", "")).collect();
        let query = [("service_id", id.as_str()), ("from", date), ("to", date), ("timezone", zone)];
        let days = salon.public("GET", "/availability/days").query(&query).await.expect(200);
        assert_eq!(days["days"][0]["slots"], starts.len(), "{days}");
        starts.join(" ").replace("2030-03-", "")
    };
    let (rest, tomorrow) = ("04T13 04T14 04T15 04T16", "05T07 05T08 05T09 05T10");
    assert_eq!(asked("2030-03-04", "Europe/Paris").await, rest);
    // Its today is a date ahead of the tenant's, until its own midnight, at eleven by ours.
    assert_eq!(asked("2030-03-05", "Pacific/Auckland").await, format!("{rest} {tomorrow}"));
    assert_eq!(asked("2030-03-04", "Pacific/Auckland").await, "");
    let after = "05T11 05T12 05T13 05T14 05T15 05T16";
    assert_eq!(asked("2030-03-06", "Pacific/Auckland").await, after);
    // Behind it: what Paris opens with on the 5th is in the evening of the 4th in Honolulu.
    assert_eq!(asked("2030-03-04", "Pacific/Honolulu").await, format!("{rest} 05T07 05T08 05T09"));
    for date in ["2030-03-04", "2030-03-05"] {
        for start in salon.starts(date).await.iter().take(1) {
            salon.book("Ana", start).await.expect(201);
        }
    }
}

#[tokio::test]
async fn the_counts_of_days_are_those_of_their_slots() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(json!({"horizon_days": 10})).await;
    salon.book("Ana", "2030-03-06T09:00:00Z").await.expect(201);
    let query = [("service_id", id.as_str()), ("from", "2030-03-03"), ("to", "2030-03-17")];
    let days = salon.public("GET", "/availability/days").query(&query).await.expect(200);
    let days = days["days"].as_array().unwrap();
    assert_eq!(days.len(), 15);
    for day in days {
        let listed = salon.starts(day["date"].as_str().unwrap()).await;
        assert_eq!(day["slots"], listed.len(), "{day}");
    }
    for (from, to) in
        [("2030-03-05", "2030-03-04"), ("2030-03-01", "2030-05-02"), ("1999-01-01", "1999-01-02")]
    {
        let query = [("service_id", id.as_str()), ("from", from), ("to", to)];
        salon.public("GET", "/availability/days").query(&query).await.refused(422, "INVALID");
    }
}

#[tokio::test]
async fn free_time_is_told_whatever_the_service() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant_in("salon", "UTC").await;
    let hours = json!({"rules": [{"weekday": 2, "start": "09:00", "end": "13:00"}]});
    // By its other name.
    salon.put("/availability").json(&hours).await.expect(200);
    assert_eq!(salon.get("/opening-rules").await.expect(200)["rules"], hours["rules"]);
    let free = async |query: &[(&str, &str)]| {
        let day = salon.get("/slots").query(&[&[("date", "2030-03-05")], query].concat()).await.expect(200);
        let slots = day["slots"].as_array().unwrap();
        slots.iter().map(|slot| slot["local_start"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // An hour each, as signed up.
    assert_eq!(free(&[]).await, ["09:00", "10:00", "11:00", "12:00"]);
    let half = salon.service(json!({"name": "Half", "duration_minutes": 30, "slot_step_minutes": 30})).await;
    let mut booking = salon.booking("Ana", "2030-03-05T10:00:00Z");
    booking["service_id"] = json!(half);
    salon.post("/bookings").json(&booking).await.expect(201);
    // Ana comes at ten: what ends then has no break of twenty minutes after it.
    assert_eq!(free(&[]).await, ["11:00", "12:00"]);
    assert_eq!(free(&[("timezone", "Asia/Tokyo")]).await, ["20:00", "21:00"]);
    assert_eq!(free(&[("service_id", &half)]).await.len(), 7);

    let usual = json!({"default_duration_minutes": 40, "default_break_minutes": 0});
    let tenant = salon.patch("/tenant").json(&usual).await.expect(200);
    assert_eq!(
        (&tenant["default_duration_minutes"], &tenant["default_break_minutes"]),
        (&json!(40), &json!(0))
    );
    assert_eq!(free(&[]).await, ["09:00", "11:00", "11:40", "12:20"]);
    let zoe = salon.staff("Zoe").await;
    assert_eq!(free(&[("staff_id", &zoe)]).await.len(), 6);

    let refused = async |query: &[(&str, &str)], status, code| {
        salon.get("/slots").query(query).await.refused(status, code);
    };
    refused(
        &[("date", "2030-03-05"), ("staff_id", "019c0000-0000-7000-8000-000000000000")],
        404,
        "NOT_FOUND",
    )
    .await;
    refused(&[("date", "9999-03-05")], 422, "INVALID").await;
    for (field, value) in [("default_duration_minutes", 4), ("default_break_minutes", 481)] {
        let refused = salon.patch("/tenant").json(&json!({field: value})).await.refused(422, "INVALID");
        assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"));
    }
    // What a new service begins with.
    let mut browser = Browser::of(&salon).await;
    browser.open("/app/settings").await;
    browser.submit("/app/settings", &[("default_duration", "25"), ("default_break", "5")]).await;
    browser.open("/app/services/new").await;
    assert_eq!(browser.value("/app/services", "duration"), "25");
}
