//! A visit paid, moved, cancelled, and taken apart.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestApp;

use super::{DAY, TEN, Visits, clock, said, times};

#[tokio::test]
async fn customers_cancel_all_of_a_visit_and_members_one_service_of_it() {
    let app = TestApp::start().await;
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let booked = visits.book("Ana", TEN).await.expect(201);
    app.run_jobs().await;
    visits
        .by_customer(&booked, "Ana", "cancellation", json!({"scope": "service"}))
        .await
        .refused(422, "INVALID");
    let colour = visits.all("Ana").await[1]["id"].as_str().unwrap().to_owned();
    let path = format!("/bookings/{colour}/cancellation");
    let cancelled = visits.salon.post(&path).json(&json!({"scope": "service"})).await.expect(200);
    assert_eq!((&cancelled["id"], &cancelled["status"]), (&json!(colour), &json!("cancelled")));
    assert_eq!(visits.statuses("Ana").await, ["confirmed", "cancelled"]);
    app.run_jobs().await;
    let mails = app.mails().await;
    let told: Vec<_> = mails.iter().filter(|mail| mail.to.contains("ana@")).collect();
    let about = |words: &[&str]| told.iter().any(|mail| words.iter().all(|word| mail.text.contains(word)));
    assert_eq!(told.len(), 3);
    let texts: Vec<&str> = told.iter().map(|mail| mail.text.as_str()).collect();
    assert!(
        about(&["cancelled", "Service: Colour"]) && about(&["Service: Cut", "10:00 – 11:00"]),
        "{texts:#?}"
    );
    // What stands is what the customer sees, and what is left is theirs to cancel.
    let query = [("code", booked["public_code"].as_str().unwrap()), ("email", "ana@customer.example")];
    let seen = visits.salon.public("GET", "/bookings").query(&query).await.expect(200);
    assert_eq!((&seen["status"], &seen["price_cents"]), (&json!("confirmed"), &json!(4_000)));
    visits.by_customer(&booked, "Ana", "cancellation", json!({})).await.expect(200);
    let again = visits.book("Bea", TEN).await.expect(201);
    visits.by_customer(&again, "Bea", "cancellation", json!({})).await.expect(200);
    assert_eq!(visits.statuses("Bea").await, ["cancelled", "cancelled"]);
    assert!(visits.starts(&visits.colour).await.contains(&"10:00".to_owned()));
    app.run_jobs().await;
}

#[tokio::test]
async fn a_visit_moves_as_one_and_its_own_time_is_free_to_it() {
    let app = TestApp::start().await;
    let visits = Visits::open(&app, json!({"buffer_after_minutes": 15}), json!({})).await;
    let booked = visits.book("Ana", TEN).await.expect(201);
    let salon = &visits.salon;
    let half_past = json!({"start": "2030-03-05T10:30:00Z"});
    let moved = visits.by_customer(&booked, "Ana", "reschedule", half_past).await.expect(200);
    assert_eq!(times(&moved), [said("Cut", "10:30", "11:30"), said("Colour", "11:30", "12:00")]);
    // From any of its services, and to where it is is no move.
    let colour = visits.all("Ana").await[1]["id"].as_str().unwrap().to_owned();
    let path = format!("/bookings/{colour}/reschedule");
    salon.post(&path).json(&json!({"start": "2030-03-05T11:30:00Z"})).await.expect(200);
    let late = json!({"start": "2030-03-05T18:00:00Z"});
    let refused = salon.post(&path).json(&late).await.refused(409, "SLOT_UNAVAILABLE");
    // What is offered instead is when this service may begin: nobody cuts after four, with half an hour of colour to come.
    let others: Vec<String> =
        refused["alternatives"].as_array().unwrap().iter().map(|one| clock(&one["start"])).collect();
    assert_eq!(others.iter().max().unwrap(), "17:30", "{others:?}");
    let to = json!({"start": "2030-03-05T17:30:00Z"});
    assert_eq!(salon.post(&path).json(&to).await.expect(200)["start"], "2030-03-05T17:30:00Z");
    let bea = salon.staff("Bea").await;
    let elsewhere = json!({"start": "2030-03-05T08:00:00Z", "staff_id": bea});
    salon.post(&path).json(&elsewhere).await.refused(422, "INVALID");
    let away = json!({"start": "2030-03-06T09:00:00Z"});
    let one = salon.post(&path).json(&away).await.expect(200);
    assert_eq!((&one["id"], &one["start"]), (&json!(colour), &json!("2030-03-06T09:00:00Z")));
    assert_eq!(visits.starts("").await.len(), 19);
    app.run_jobs().await;
    let mails = app.mails().await;
    let last = mails.iter().rfind(|mail| mail.to.contains("ana@")).unwrap();
    assert!(last.text.contains("08:00: Cut") && last.text.contains("09:00: Colour"), "{}", last.text);
}

/// What Ana was told by each mail, in its order: the services and when they begin.
async fn told(app: &TestApp) -> Vec<String> {
    app.run_jobs().await;
    let mails = app.mails().await;
    let own = mails.iter().filter(|mail| mail.to.contains("ana@"));
    own.map(|mail| {
        let names = ["Cut", "Colour"].into_iter().filter(|name| mail.text.contains(name));
        let day = ["5 March", "7 March", "8 March"].into_iter().find(|day| mail.text.contains(day));
        format!("{} {}", day.unwrap_or_default(), names.collect::<Vec<_>>().join(" + "))
    })
    .collect()
}

#[tokio::test]
async fn what_a_member_drags_away_and_what_it_leaves_are_both_told() {
    let app = TestApp::start().await;
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let booked = visits.book("Ana", TEN).await.expect(201);
    assert_eq!(told(&app).await, ["5 March Cut + Colour"]);
    let drag = async |place: usize, start: &str| {
        let id = visits
            .all("Ana")
            .await
            .into_iter()
            .find(|one| one["service"]["name"] == ["Cut", "Colour"][place]);
        let path = format!("/bookings/{}/reschedule", id.unwrap()["id"].as_str().unwrap());
        let body = json!({"start": start, "outside_hours": true});
        visits.salon.post(&path).json(&body).await.expect(200)
    };
    // One after the other, before anybody is told: no mail is lost.
    drag(1, "2030-03-07T06:00:00Z").await;
    drag(0, "2030-03-08T06:00:00Z").await;
    app.clock.advance(TimeDelta::minutes(1));
    let mut news = told(&app).await.split_off(1);
    news.sort();
    assert_eq!(news, ["7 March Colour", "8 March Cut"]);
    // Back together, the other way round: still one entry, by the same link.
    drag(0, "2030-03-05T11:00:00Z").await;
    drag(1, "2030-03-05T10:30:00Z").await;
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(told(&app).await.last().unwrap(), "5 March Cut + Colour");
    let query = [("code", booked["public_code"].as_str().unwrap()), ("email", "ana@customer.example")];
    let seen = visits.salon.public("GET", "/bookings").query(&query).await.expect(200);
    assert_eq!(times(&seen), [said("Colour", "10:30", "11:00"), said("Cut", "11:00", "12:00")]);
    assert_eq!((&seen["public_code"], &seen["manage_url"]), (&booked["public_code"], &seen["manage_url"]));
    // Dragged over another of its own it would be in two places.
    let cut = visits.all("Ana").await.into_iter().find(|one| one["service"]["name"] == "Cut").unwrap();
    let path = format!("/bookings/{}/reschedule", cut["id"].as_str().unwrap());
    let over = json!({"start": "2030-03-05T10:15:00Z", "outside_hours": true});
    visits.salon.post(&path).json(&over).await.refused(409, "SLOT_UNAVAILABLE");
}

#[tokio::test]
async fn buffers_come_back_with_who_is_alone_again() {
    let app = TestApp::start().await.ignore_jobs();
    let buffers = json!({"buffer_before_minutes": 30, "buffer_after_minutes": 30});
    let visits = Visits::open(&app, buffers.clone(), buffers).await;
    visits.book("Ana", TEN).await.expect(201);
    let colour = visits.all("Ana").await[1]["id"].as_str().unwrap().to_owned();
    let path = format!("/bookings/{colour}");
    // Longer, beside its neighbour: no buffer stands between them.
    visits.salon.patch(&path).json(&json!({"duration_minutes": 60})).await.expect(200);
    let away = json!({"start": "2030-03-06T12:00:00Z", "outside_hours": true});
    visits.salon.post(&format!("{path}/reschedule")).json(&away).await.expect(200);
    let query = [("service_id", visits.colour.as_str()), ("date", "2030-03-06")];
    let day = visits.salon.public("GET", "/availability").query(&query).await.expect(200);
    let starts: Vec<String> =
        day["slots"].as_array().unwrap().iter().map(|one| clock(&one["start"])).collect();
    // From 11:30 to 13:30 it is taken, and half an hour is kept around what comes beside it.
    assert!(starts.contains(&"10:30".to_owned()) && starts.contains(&"14:00".to_owned()), "{starts:?}");
    assert!(starts.iter().all(|start| !("11:00".."14:00").contains(&start.as_str())), "{starts:?}");
}

/// The starts of a service by itself.
async fn alone(visits: &Visits<'_>, service: &str, date: &str) -> Vec<String> {
    let query = [("service_id", service), ("date", date)];
    let day = visits.salon.public("GET", "/availability").query(&query).await.expect(200);
    day["slots"].as_array().unwrap().iter().map(|one| clock(&one["start"])).collect()
}

#[tokio::test]
async fn what_is_left_of_a_visit_has_its_buffers_back() {
    let app = TestApp::start().await.ignore_jobs();
    let buffers = json!({"buffer_before_minutes": 30, "buffer_after_minutes": 30});
    let visits = Visits::open(&app, buffers.clone(), buffers).await;
    let cancel = async |name: &str, place: usize| {
        let id = visits.all(name).await[place]["id"].as_str().unwrap().to_owned();
        let path = format!("/bookings/{id}/cancellation");
        visits.salon.post(&path).json(&json!({"scope": "service"})).await.expect(200)
    };
    // The cut stays, from ten to eleven: half an hour is kept after it, and half an hour before whatever comes next.
    visits.book("Ana", TEN).await.expect(201);
    cancel("Ana", 1).await;
    let starts = alone(&visits, &visits.cut, DAY).await;
    assert_eq!(starts[..2], ["08:00", "12:00"], "{starts:?}");
    // The colour stays, from eleven to half past.
    visits.book("Bea", "2030-03-06T10:00:00Z").await.expect(201);
    cancel("Bea", 0).await;
    let starts = alone(&visits, &visits.cut, "2030-03-06").await;
    assert_eq!(starts[..4], ["08:00", "08:30", "09:00", "12:30"], "{starts:?}");
    // Dragged away is the same, and dragged on within the day.
    visits.book("Cem", "2030-03-07T10:00:00Z").await.expect(201);
    let colour = visits.all("Cem").await[1]["id"].as_str().unwrap().to_owned();
    let path = format!("/bookings/{colour}/reschedule");
    for (start, free) in [("2030-03-07T15:00:00Z", "12:00"), ("2030-03-08T15:00:00Z", "12:00")] {
        visits.salon.post(&path).json(&json!({"start": start, "outside_hours": true})).await.expect(200);
        let starts = alone(&visits, &visits.cut, "2030-03-07").await;
        assert_eq!(starts[..2], ["08:00", free], "{start}: {starts:?}");
    }
    // At three it has its own: until half past two, and from four on.
    let starts = alone(&visits, &visits.cut, "2030-03-08").await;
    assert!(!starts.contains(&"13:30".to_owned()) && starts.contains(&"13:00".to_owned()), "{starts:?}");
    assert!(!starts.contains(&"16:00".to_owned()) && starts.contains(&"16:30".to_owned()), "{starts:?}");
}

#[tokio::test]
async fn a_buffer_that_comes_back_takes_nobodys_time() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({"buffer_after_minutes": 60}), json!({})).await;
    visits.book("Ana", TEN).await.expect(201);
    let mut bob = visits.body("Bob", "2030-03-05T11:30:00Z");
    bob["service_id"] = json!(visits.colour);
    bob["then"] = json!([]);
    visits.salon.public("POST", "/bookings").json(&bob).await.expect(201);
    let colour = visits.all("Ana").await[1]["id"].as_str().unwrap().to_owned();
    let path = format!("/bookings/{colour}/cancellation");
    visits.salon.post(&path).json(&json!({"scope": "service"})).await.expect(200);
    assert_eq!(visits.statuses("Bob").await, ["confirmed"]);
    // What the colour took is the buffer of the cut now, up to Bob.
    let starts = alone(&visits, &visits.colour, DAY).await;
    assert!(!starts.contains(&"11:00".to_owned()) && starts.contains(&"12:00".to_owned()), "{starts:?}");
}

#[tokio::test]
async fn a_visit_counts_once_however_its_services_are_dragged_about() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let path = format!("/staff/{}", visits.salon.first_staff().await);
    visits.salon.patch(&path).json(&json!({"max_daily_bookings": 2})).await.expect(200);
    visits.book("Ana", TEN).await.expect(201);
    let counted = async || {
        let sql = "SELECT count(counted_at), max(to_char(counted_at AT TIME ZONE 'UTC', 'HH24:MI'))
            FROM allocations WHERE released_at IS NULL";
        let row = app.database.admin().await.query_one(sql, &[]).await.unwrap();
        (row.get::<_, i64>(0), row.get::<_, String>(1))
    };
    assert_eq!(counted().await, (1, "10:00".to_owned()));
    let all = visits.all("Ana").await;
    let [cut, colour] = [0, 1].map(|place: usize| all[place]["id"].as_str().unwrap().to_owned());
    for (which, start, first) in
        [(&cut, "15:00", "11:00"), (&colour, "16:00", "15:00"), (&cut, "17:00", "16:00")]
    {
        let body = json!({"start": format!("2030-03-05T{start}:00Z"), "outside_hours": true});
        visits.salon.post(&format!("/bookings/{which}/reschedule")).json(&body).await.expect(200);
        assert_eq!(counted().await, (1, first.to_owned()), "{start}");
    }
    visits.book("Bob", TEN).await.expect(201);
    visits.book("Cem", "2030-03-05T12:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
}

#[tokio::test]
async fn a_visit_that_is_held_is_paid_or_cancelled_whole() {
    let app = TestApp::start().await;
    let mut visits = Visits::open(&app, json!({}), json!({"deposit_rate": 0.5})).await;
    let booked = visits.book("Ana", TEN).await.expect(201);
    assert_eq!(booked["status"], "held");
    // The first service asks for no deposit: what is taken is the visit.
    visits.by_customer(&booked, "Ana", "acceptance", json!({})).await.refused(409, "BOOKING_NOT_CONFIRMABLE");
    let first = visits.all("Ana").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/bookings/{first}/cancellation");
    let one = json!({"scope": "service"});
    visits.salon.post(&path).json(&one).await.refused(409, "BOOKING_NOT_CANCELLABLE");
    assert_eq!(visits.statuses("Ana").await, ["held", "held"]);
    visits.wait(&app, 16).await;
    app.run_jobs().await;
    assert_eq!(visits.statuses("Ana").await, ["expired", "expired"]);
    app.run_jobs().await;
}

#[tokio::test]
async fn the_fee_of_a_visit_is_one_and_waived_from_any_of_its_services() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let policy = json!({
        "cancel_minutes": 0, "move_minutes": 0, "free_minutes": 43_200,
        "late_fee": {"of": "price", "rate": 0.5}, "no_show_fee": {"of": "price", "rate": 1.0},
    });
    visits.salon.put("/policy").json(&policy).await.expect(200);
    let booked = visits.book("Ana", TEN).await.expect(201);
    assert_eq!(booked["policy"]["late_fee_cents"], 3_250);
    let cancelled = visits.by_customer(&booked, "Ana", "cancellation", json!({})).await.expect(200);
    assert_eq!(cancelled["fee_cents"], 3_250);
    let all = visits.all("Ana").await;
    let owed: i64 = all.iter().map(|one| one["fee_cents"].as_i64().unwrap()).sum();
    assert_eq!(owed, 3_250);
    let path = format!("/bookings/{}/fee-waiver", all[1]["id"].as_str().unwrap());
    visits.salon.post(&path).json(&json!({})).await.expect(200);
    assert!(visits.all("Ana").await.iter().all(|one| one["fee_cents"] == 0));
}

#[tokio::test]
async fn an_event_of_the_calendar_is_one_service_of_its_visit() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    visits.book("Ana", TEN).await.expect(201);
    let colour = visits.all("Ana").await[1].clone();
    let path = format!("/events/{}", colour["id"].as_str().unwrap());
    let (staff, start) = (&colour["staff"]["id"], "2030-03-05T15:00:00Z");
    let moved = json!({"title": "-", "start": start, "end": "2030-03-05T15:30:00Z", "staff_id": staff});
    let event = visits.salon.put(&path).json(&moved).await.expect(200);
    assert_eq!((&event["id"], &event["start"]), (&colour["id"], &json!(start)));
    assert_eq!(visits.all("Ana").await[0]["start"], "2030-03-05T14:00:00Z");
    visits.salon.delete(&path).await.expect(204);
    assert_eq!(visits.statuses("Ana").await, ["confirmed", "cancelled"]);
}

#[tokio::test]
async fn a_service_is_not_lengthened_over_the_next_whoever_waits() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let waiting = json!({"service_id": visits.colour, "from": "2030-03-05", "to": "2030-03-06",
        "customer": {"name": "Eva", "email": "eva@customer.example"}});
    visits.salon.public("POST", "/waitlist").json(&waiting).await.expect(201);
    visits.book("Ana", TEN).await.expect(201);
    let cut = visits.all("Ana").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/bookings/{cut}");
    visits.salon.patch(&path).json(&json!({"duration_minutes": 75})).await.refused(409, "SLOT_UNAVAILABLE");
    assert_eq!(visits.all("Ana").await[0]["end"], "2030-03-05T11:00:00Z");
}
