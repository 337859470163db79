//! What a service takes: rooms, all of its staff together, and of several staff members the one who gets it.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Salon, TestApp};

/// The starts of a date on the tenant's wall clock.
async fn wall(salon: &Salon<'_>, date: &str) -> Vec<String> {
    let day = salon.availability(date).await;
    let slots = day["slots"].as_array().unwrap();
    slots.iter().map(|slot| slot["local_start"].as_str().unwrap().to_owned()).collect()
}

async fn three_hours(salon: &Salon<'_>) {
    let body = json!({"rules": [{"weekday": 2, "start": "09:00", "end": "12:00"}]});
    salon.put("/opening-rules").json(&body).await.expect(200);
}

/// The only booking that a customer has.
async fn booked(salon: &Salon<'_>, name: &str) -> Value {
    let found = salon.get("/bookings").query(&[("q", name)]).await.expect(200);
    assert_eq!(found["data"].as_array().unwrap().len(), 1, "{found}");
    found["data"][0].clone()
}

#[tokio::test]
async fn rooms_come_and_go() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.room(" Cabin 1 ").await;
    let path = format!("/rooms/{id}");
    let room = salon.get(&path).await.expect(200);
    assert_eq!(room["name"], "Cabin 1");
    assert_eq!(salon.patch(&path).json(&json!({"name": "Cabin"})).await.expect(200)["version"], 2);
    salon.patch(&path).json(&json!({"name": " "})).await.refused(422, "INVALID");
    salon.patch(&path).json(&json!({"nome": "x"})).await.refused(422, "INVALID");
    assert_eq!(salon.get("/rooms").await.expect(200)["data"][0]["name"], "Cabin");
    salon.delete(&path).await.expect(204);
    assert_eq!(salon.get("/rooms").await.expect(200)["data"], json!([]));
    for path in [path.as_str(), "/rooms/019c0000-0000-7000-8000-000000000000"] {
        salon.get(path).await.refused(404, "NOT_FOUND");
        salon.delete(path).await.refused(404, "NOT_FOUND");
    }
    let body = json!({"name": "Cut", "duration_minutes": 30, "price_cents": 0, "room_ids": [id]});
    salon.post("/services").json(&body).await.refused(422, "INVALID");
}

#[tokio::test]
async fn two_staff_members_share_one_room() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    three_hours(&salon).await;
    salon.staff("Bea").await;
    let room = salon.room("Cabin").await;
    let service = salon.service(json!({"room_ids": [room], "buffer_after_minutes": 15})).await;
    assert_eq!(wall(&salon, "2030-03-05").await, ["09:00", "10:00", "11:00"]);
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    assert_eq!(booked(&salon, "Ana").await["room_id"], json!(room));
    // The other is free at ten, but the room is not, nor in the quarter of an hour after eleven.
    assert_eq!(wall(&salon, "2030-03-05").await, [""; 0]);
    salon.book("Bob", "2030-03-05T09:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    // What needs no room goes on.
    let other = salon.service(json!({"name": "Talk"})).await;
    salon.book("Cleo", "2030-03-05T09:00:00Z").await.expect(201);
    // Moved, it leaves the room; its own time is no hindrance.
    let id = booked(&salon, "Ana").await["id"].as_str().unwrap().to_owned();
    let to = json!({"start": "2030-03-05T08:00:00Z"});
    salon.post(&format!("/bookings/{id}/reschedule")).json(&to).await.expect(200);
    let starts = async |service: &str| {
        let query = [("service_id", service), ("date", "2030-03-05")];
        salon.get("/availability").query(&query).await.expect(200)["slots"].as_array().unwrap().len()
    };
    assert_eq!((starts(&service).await, starts(&other).await), (1, 2));
    salon.post(&format!("/bookings/{id}/cancellation")).json(&json!({})).await.expect(200);
    assert_eq!(starts(&service).await, 3);
    // A service whose only room is archived is not offered.
    salon.delete(&format!("/rooms/{room}")).await.expect(204);
    assert_eq!(starts(&service).await, 0);
}

#[tokio::test]
async fn the_last_room_is_taken_once_whoever_asks_for_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    three_hours(&salon).await;
    for name in ["Bea", "Cleo", "Dora", "Eve", "Fay"] {
        salon.staff(name).await;
    }
    let rooms = [salon.room("Cabin 1").await, salon.room("Cabin 2").await];
    salon.service(json!({"room_ids": rooms})).await;
    for (round, start) in ["08:00", "09:00", "10:00"].into_iter().enumerate() {
        let start = format!("2030-03-05T{start}:00Z");
        let names: Vec<String> = (0..10).map(|n| format!("Ana{round}{n}")).collect();
        let tries = names.iter().map(|name| salon.book(name, &start));
        let answers = join_all(tries).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 2, "{start}");
        assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status)), "{start}");
    }
    let all = salon.get("/bookings").await.expect(200)["data"].as_array().unwrap().clone();
    let mut taken: Vec<(String, String)> =
        all.iter().map(|one| (one["start"].to_string(), one["room_id"].to_string())).collect();
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), 6, "each start has each room once");
}

#[tokio::test]
async fn a_collective_service_takes_the_time_of_all() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    three_hours(&salon).await;
    let (first, bea) = (salon.first_staff().await, salon.staff("Bea").await);
    let alone = salon.service(json!({"name": "Cut", "staff_ids": [bea]})).await;
    salon.book("Ana", "2030-03-05T08:00:00Z").await.expect(201);
    let together = salon.service(json!({"name": "Show", "is_collective": true})).await;
    let day = salon.availability("2030-03-05").await;
    assert_eq!(day["slots"].as_array().unwrap().len(), 2, "Bea is busy at nine");
    assert_eq!(day["slots"][0]["staff_ids"].as_array().unwrap().len(), 2);
    let mut named = salon.booking("Bob", "2030-03-05T09:00:00Z");
    named["staff_id"] = json!(bea);
    named["staff_id"] = json!("019c0000-0000-7000-8000-000000000000");
    salon.public("POST", "/bookings").json(&named).await.refused(404, "NOT_FOUND");
    // Whom the list names can be named, and is no choice.
    named["staff_id"] = json!(bea);
    salon.public("POST", "/bookings").json(&named).await.expect(201);
    let booking = booked(&salon, "Bob").await;
    assert_eq!(
        (&booking["staff"]["id"], &booking["assigned"]),
        (&json!(first), &json!({"how": "everybody"}))
    );
    let starts = async |service: &str| -> Vec<String> {
        let query = [("service_id", service), ("date", "2030-03-05")];
        let day = salon.get("/availability").query(&query).await.expect(200);
        let slots = day["slots"].as_array().unwrap().iter();
        slots.map(|slot| slot["local_start"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(starts(&alone).await, ["11:00"], "Bea gives the show at ten");
    assert_eq!(starts(&together).await, ["11:00"]);
    // Moved, it frees both and takes both; to where its own time lies, too.
    let id = booking["id"].as_str().unwrap();
    let move_to = async |start: &str| {
        let body = json!({"start": start});
        salon.post(&format!("/bookings/{id}/reschedule")).json(&body).await
    };
    move_to("2030-03-05T08:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    move_to("2030-03-05T10:00:00Z").await.expect(200);
    assert_eq!(starts(&alone).await, ["10:00"]);
    salon.post(&format!("/bookings/{id}/cancellation")).json(&json!({})).await.expect(200);
    assert_eq!(starts(&alone).await, ["10:00", "11:00"]);
    assert_eq!(starts(&together).await, ["10:00", "11:00"]);
    // At the desk outside of the hours nobody is named either.
    let mut late = salon.booking("Cleo", "2030-03-05T20:00:00Z");
    late["outside_hours"] = json!(true);
    salon.post("/bookings").json(&late).await.expect(201);
    late["service_id"] = json!(alone);
    salon.post("/bookings").json(&late).await.refused(422, "INVALID");
}

#[tokio::test]
async fn a_collective_booking_counts_for_everybodys_maximum() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    three_hours(&salon).await;
    let bea = salon.staff("Bea").await;
    salon.patch(&format!("/staff/{bea}")).json(&json!({"max_daily_bookings": 1})).await.expect(200);
    salon.service(json!({"name": "Show", "is_collective": true})).await;
    salon.book("Ana", "2030-03-05T08:00:00Z").await.expect(201);
    assert_eq!(wall(&salon, "2030-03-05").await, [""; 0]);
    salon.service(json!({"staff_ids": [bea]})).await;
    salon.book("Bob", "2030-03-05T09:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
}

#[tokio::test]
async fn two_who_want_all_of_them_at_once_do_not_wait_for_each_other() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    three_hours(&salon).await;
    for name in ["Bea", "Cleo", "Dora"] {
        salon.staff(name).await;
    }
    salon.service(json!({"name": "Show", "is_collective": true})).await;
    let show = salon.booking("Ana", "2030-03-05T08:00:00Z");
    salon.service(json!({"name": "Cut"})).await;
    let cut = salon.booking("Bob", "2030-03-05T08:00:00Z");
    let mut bodies = Vec::new();
    for n in 0..12 {
        let mut body = if n % 2 == 0 { show.clone() } else { cut.clone() };
        body["customer"]["email"] = json!(format!("customer{n}@customer.example"));
        bodies.push(body);
    }
    let answers =
        join_all(bodies.iter().map(|body| salon.public("POST", "/bookings").json(body).into_future())).await;
    assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status)));
    let all = salon.get("/bookings").await.expect(200)["data"].as_array().unwrap().clone();
    let shows = all.iter().filter(|one| one["service"]["name"] == "Show").count();
    assert!(shows == 1 && all.len() == 1 || shows == 0 && all.len() == 4, "{shows} of {}", all.len());
}

#[tokio::test]
async fn why_somebody_has_a_booking_is_kept() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    three_hours(&salon).await;
    let (first, bea) = (salon.first_staff().await, salon.staff("Bea").await);
    salon.patch(&format!("/staff/{bea}")).json(&json!({"weight": 200})).await.expect(200);
    salon.service(json!({})).await;
    // Nobody has anything: the first in the list.
    salon.book("Ana", "2030-03-05T08:00:00Z").await.expect(201);
    let ana = booked(&salon, "Ana").await;
    assert_eq!(ana["staff"]["id"], json!(first));
    let least = json!({"how": "least_loaded", "free": 2, "minutes_that_day": 0, "minutes_that_week": 0, "weight": 100});
    assert_eq!(ana["assigned"], least);
    // An hour each for who gets twice as much is half as much for her.
    salon.book("Bob", "2030-03-05T09:00:00Z").await.expect(201);
    salon.book("Cleo", "2030-03-05T10:00:00Z").await.expect(201);
    for name in ["Bob", "Cleo"] {
        assert_eq!(booked(&salon, name).await["staff"]["id"], json!(bea), "{name}");
    }
    // Nobody else is free.
    salon.book("Dora", "2030-03-05T10:00:00Z").await.expect(201);
    assert_eq!(booked(&salon, "Dora").await["assigned"], json!({"how": "only_one"}));
    let mut named = salon.booking("Eve", "2030-03-05T09:00:00Z");
    named["staff_id"] = json!(first);
    salon.public("POST", "/bookings").json(&named).await.expect(201);
    assert_eq!(booked(&salon, "Eve").await["assigned"], json!({"how": "named"}));
    for weight in [9, 1_001, 0, -1] {
        salon.patch(&format!("/staff/{bea}")).json(&json!({"weight": weight})).await.refused(422, "INVALID");
    }
}

#[tokio::test]
async fn a_service_is_booked_until_its_last_date() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(json!({"bookable_until": "2030-03-05"})).await;
    assert_eq!(wall(&salon, "2030-03-05").await.len(), 10);
    assert_eq!(wall(&salon, "2030-03-06").await, [""; 0]);
    salon.book("Ana", "2030-03-06T09:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    salon.patch(&format!("/services/{id}")).json(&json!({"bookable_until": "2020-01-01"})).await.expect(200);
    assert_eq!(wall(&salon, "2030-03-05").await, [""; 0]);
    salon.patch(&format!("/services/{id}")).json(&json!({"bookable_until": null})).await.expect(200);
    assert_eq!(wall(&salon, "2030-03-06").await.len(), 10);
}
