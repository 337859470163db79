//! Group sessions: several customers book seats of one time.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Browser, Salon, TestApp};

const TEN: &str = "2030-03-05T09:00:00Z";
const ELEVEN: &str = "2030-03-05T10:00:00Z";

/// A tenant in Paris that teaches on a Tuesday from nine to twelve, an hour each.
async fn studio(app: &TestApp, fields: Value) -> (Salon<'_>, String) {
    let salon = app.tenant("studio").await;
    let body = json!({"rules": [{"weekday": 2, "start": "09:00", "end": "12:00"}]});
    salon.put("/opening-rules").json(&body).await.expect(200);
    let service = salon.service(fields).await;
    (salon, service)
}

/// Each start of the date with the seats that are left.
async fn seats(salon: &Salon<'_>, query: &[(&str, &str)]) -> Vec<(String, u64)> {
    let query = [&[("date", "2030-03-05")], query].concat();
    let day = salon.get("/availability").query(&query).await.expect(200);
    let slots = day["slots"].as_array().unwrap().iter();
    slots
        .map(|slot| (slot["local_start"].as_str().unwrap().to_owned(), slot["seats_left"].as_u64().unwrap()))
        .collect()
}

async fn book(salon: &Salon<'_>, name: &str, start: &str, seats: i32) -> Answer {
    let mut body = salon.booking(name, start);
    body["seats"] = json!(seats);
    salon.public("POST", "/bookings").json(&body).await
}

async fn find(salon: &Salon<'_>, name: &str) -> Value {
    let found = salon.get("/bookings").query(&[("q", name)]).await.expect(200);
    found["data"].as_array().unwrap().last().unwrap().clone()
}

async fn act(salon: &Salon<'_>, name: &str, action: &str, body: Value) -> Answer {
    let id = find(salon, name).await["id"].as_str().unwrap().to_owned();
    salon.post(&format!("/bookings/{id}/{action}")).json(&body).await
}

fn told(seats: &[(&str, u64)]) -> Vec<(String, u64)> {
    seats.iter().map(|(start, seats)| ((*start).to_owned(), *seats)).collect()
}

#[tokio::test]
async fn seats_are_booked_until_there_are_none() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, service) =
        studio(&app, json!({"name": "Yoga", "capacity": 5, "price_cents": 1500, "deposit_rate": 0})).await;
    let of = [("service_id", service.as_str())];
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 5), ("10:00", 5), ("11:00", 5)]));
    let first = book(&salon, "Ana", TEN, 2).await.expect(201);
    assert_eq!((first["seats"].as_i64(), first["price_cents"].as_i64()), (Some(2), Some(3_000)));
    book(&salon, "Bob", TEN, 2).await.expect(201);
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 5), ("10:00", 1), ("11:00", 5)]));
    // Who wants two seats is shown where two are free.
    let two = [of[0], ("seats", "2")];
    assert_eq!(seats(&salon, &two).await, told(&[("09:00", 5), ("11:00", 5)]));
    let refused = book(&salon, "Cleo", TEN, 2).await;
    let refused = refused.refused(409, "SLOT_UNAVAILABLE");
    assert_eq!(refused["alternatives"].as_array().unwrap().len(), 3, "{refused}");
    book(&salon, "Cleo", TEN, 1).await.expect(201);
    book(&salon, "Dan", TEN, 1).await.refused(409, "SLOT_UNAVAILABLE");
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 5), ("11:00", 5)]));
    for wrong in [0, -1, 6, 1_001, i32::MAX, i32::MIN] {
        let refused = book(&salon, "Eve", ELEVEN, wrong).await.refused(422, "INVALID");
        assert_eq!(refused["errors"][0]["pointer"], "/seats", "{refused}");
    }
    salon
        .get("/availability")
        .query(&[of[0], ("date", "2030-03-05"), ("seats", "0")])
        .await
        .refused(422, "INVALID");
    // All of one session share it, and one staff member holds it.
    let session = find(&salon, "Ana").await["group_session_id"].as_str().unwrap().to_owned();
    let found = salon.get("/bookings").query(&[("group_session_id", &session)]).await.expect(200);
    assert_eq!(found["data"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_seat_given_back_is_free_again_and_the_last_one_frees_the_time() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, service) = studio(&app, json!({"capacity": 3})).await;
    let other = salon.service(json!({"name": "Alone"})).await;
    let of = async |service: &str| seats(&salon, &[("service_id", service)]).await;
    for (name, count) in [("Ana", 1), ("Bob", 2)] {
        let mut body = salon.booking(name, TEN);
        (body["service_id"], body["seats"]) = (json!(service), json!(count));
        salon.public("POST", "/bookings").json(&body).await.expect(201);
    }
    assert_eq!(of(&other).await, told(&[("09:00", 1), ("11:00", 1)]));
    act(&salon, "Bob", "cancellation", json!({})).await.expect(200);
    assert_eq!(of(&service).await, told(&[("09:00", 3), ("10:00", 2), ("11:00", 3)]));
    assert_eq!(of(&other).await, told(&[("09:00", 1), ("11:00", 1)]));
    act(&salon, "Bob", "cancellation", json!({})).await.refused(409, "BOOKING_NOT_CANCELLABLE");
    act(&salon, "Ana", "cancellation", json!({})).await.expect(200);
    assert_eq!(of(&service).await, told(&[("09:00", 3), ("10:00", 3), ("11:00", 3)]));
    assert_eq!(of(&other).await, told(&[("09:00", 1), ("10:00", 1), ("11:00", 1)]));
    // The time is another's; who booked first comes back to none of it.
    let mut alone = salon.booking("Cleo", TEN);
    alone["service_id"] = json!(other);
    salon.public("POST", "/bookings").json(&alone).await.expect(201);
    assert_eq!(of(&service).await, told(&[("09:00", 3), ("11:00", 3)]));
}

#[tokio::test]
async fn a_seat_moves_to_another_session_or_begins_one() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, service) = studio(&app, json!({"capacity": 2})).await;
    let of = [("service_id", service.as_str())];
    for (name, start) in [("Ana", TEN), ("Bob", TEN), ("Cleo", ELEVEN)] {
        book(&salon, name, start, 1).await.expect(201);
    }
    act(&salon, "Ana", "reschedule", json!({"start": ELEVEN})).await.expect(200);
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 2), ("10:00", 1)]));
    act(&salon, "Bob", "reschedule", json!({"start": ELEVEN})).await.refused(409, "SLOT_UNAVAILABLE");
    // The only one of a session takes its time along: where it was is free, and what overlaps it, too.
    let half_past = json!({"slot_step_minutes": 30});
    salon.patch(&format!("/services/{service}")).json(&half_past).await.expect(200);
    act(&salon, "Bob", "reschedule", json!({"start": "2030-03-05T08:30:00Z"})).await.expect(200);
    assert_eq!(seats(&salon, &of).await, told(&[("09:30", 1)]));
    // With somebody else in it, it stays.
    act(&salon, "Cleo", "reschedule", json!({"start": "2030-03-05T10:30:00Z"}))
        .await
        .refused(409, "SLOT_UNAVAILABLE");
    let sessions = async |name: &str| find(&salon, name).await["group_session_id"].clone();
    assert_eq!(sessions("Ana").await, sessions("Cleo").await);
    assert_ne!(sessions("Ana").await, sessions("Bob").await);
}

#[tokio::test]
async fn two_first_seats_make_one_session() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, _) = studio(&app, json!({"capacity": 8})).await;
    salon.staff("Bea").await;
    salon.set_plan("pro").await;
    // Nobody is named: who comes second finds the session of who came first.
    let bookings =
        ["Ana", "Bob", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal"].map(|name| book(&salon, name, TEN, 1));
    for booked in join_all(bookings).await {
        booked.expect(201);
    }
    let admin = app.database.admin().await;
    let rows = admin.query("SELECT seats_taken, capacity FROM group_sessions", &[]).await.unwrap();
    let sessions: Vec<(i32, i32)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(sessions, [(8, 8)]);
    // The ninth begins one with somebody else.
    book(&salon, "Ida", TEN, 1).await.expect(201);
    let told = ["Hal", "Ida"].map(|name| find(&salon, name));
    let told = join_all(told).await;
    assert_ne!(told[0]["staff"]["id"], told[1]["staff"]["id"]);
    assert_eq!(told[1]["assigned"]["how"], "only_one");
}

#[tokio::test]
async fn no_seat_is_sold_twice_whoever_races() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, _) = studio(&app, json!({"capacity": 7})).await;
    salon.set_plan("pro").await;
    let names: Vec<String> = (0..20).map(|number| format!("Guest{number:02}")).collect();
    let answers = join_all(names.iter().map(|name| book(&salon, name, TEN, 2))).await;
    let booked = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(booked, 3, "three times two of seven seats");
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.code() == "SLOT_UNAVAILABLE"));
    // All of them give back at once; each can, once.
    let there = salon.get("/bookings").await.expect(200);
    let ids: Vec<&str> =
        there["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    let cancel = |id: &str| salon.post(&format!("/bookings/{id}/cancellation")).json(&json!({}));
    let answers = join_all(ids.iter().chain(&ids).map(|id| async { cancel(id).await })).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 3);
    let admin = app.database.admin().await;
    let taken: i64 =
        admin.query_one("SELECT sum(seats_taken) FROM group_sessions", &[]).await.unwrap().get(0);
    assert_eq!(taken, 0);
    let held =
        admin.query_one("SELECT count(*) FROM allocations WHERE released_at IS NULL", &[]).await.unwrap();
    assert_eq!(held.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_session_blocks_its_neighbours_in_the_buffer_and_stays_open_itself() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, service) =
        studio(&app, json!({"capacity": 4, "buffer_after_minutes": 30, "slot_step_minutes": 30})).await;
    book(&salon, "Ana", "2030-03-05T08:00:00Z", 1).await.expect(201);
    let of = [("service_id", service.as_str())];
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 3), ("10:30", 4), ("11:00", 4)]));
    // One session is one booking of the daily maximum, however many come.
    let staff = salon.first_staff().await;
    let two = json!({"max_daily_bookings": 2});
    salon.patch(&format!("/staff/{staff}")).json(&two).await.expect(200);
    book(&salon, "Bob", "2030-03-05T08:00:00Z", 1).await.expect(201);
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 2), ("10:30", 4), ("11:00", 4)]));
    book(&salon, "Cleo", "2030-03-05T09:30:00Z", 1).await.expect(201);
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 2), ("10:30", 3)]));
}

#[tokio::test]
async fn more_or_less_seats_hold_for_the_sessions_ahead() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, service) = studio(&app, json!({"capacity": 3})).await;
    book(&salon, "Ana", TEN, 2).await.expect(201);
    let of = [("service_id", service.as_str())];
    let resize = async |capacity: i32| {
        let body = json!({"capacity": capacity});
        salon.patch(&format!("/services/{service}")).json(&body).await.expect(200);
    };
    resize(6).await;
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 6), ("10:00", 4), ("11:00", 6)]));
    // Nobody loses a seat, and none is left.
    resize(1).await;
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 1), ("11:00", 1)]));
    // Who has two of what has one now can still cancel.
    act(&salon, "Ana", "cancellation", json!({})).await.expect(200);
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 1), ("10:00", 1), ("11:00", 1)]));
}

#[tokio::test]
async fn the_whole_team_and_a_room_hold_a_session_together() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("studio").await;
    salon.staff("Bea").await;
    let room = salon.room("Hall").await;
    let together = json!({"name": "Workshop", "capacity": 4, "is_collective": true, "room_ids": [room], "price_cents": 0});
    let service = salon.service(together).await;
    for name in ["Ana", "Bob"] {
        book(&salon, name, TEN, 2).await.expect(201);
    }
    book(&salon, "Cleo", TEN, 1).await.refused(409, "SLOT_UNAVAILABLE");
    let admin = app.database.admin().await;
    let held =
        admin.query_one("SELECT count(*) FROM allocations WHERE released_at IS NULL", &[]).await.unwrap();
    assert_eq!(held.get::<_, i64>(0), 3, "two staff members and a room, once");
    assert_eq!(find(&salon, "Bob").await["room_id"], json!(room));
    act(&salon, "Ana", "reschedule", json!({"start": "2030-03-05T13:00:00Z"})).await.expect(200);
    let held =
        admin.query_one("SELECT count(*) FROM allocations WHERE released_at IS NULL", &[]).await.unwrap();
    assert_eq!(held.get::<_, i64>(0), 6);
    assert_eq!(
        seats(&salon, &[("service_id", &service), ("seats", "3")])
            .await
            .iter()
            .filter(|(_, left)| *left < 4)
            .count(),
        0
    );
}

#[tokio::test]
async fn members_add_to_a_session_and_see_who_comes() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, service) = studio(&app, json!({"name": "Yoga", "capacity": 3, "price_cents": 1500})).await;
    book(&salon, "Ana", TEN, 2).await.expect(201);
    // After hours have changed, at the desk: a seat of what takes place is free.
    salon.put("/opening-rules").json(&json!({"rules": []})).await.expect(200);
    let staff = salon.first_staff().await;
    let body = json!({"service_id": service, "start": TEN, "staff_id": staff, "outside_hours": true,
        "customer": {"name": "Bob Lee", "email": "bob@customer.example"}});
    let added = salon.post("/bookings").json(&body).await.expect(201);
    assert_eq!(added["seats"], 1);
    salon.post("/bookings").json(&body).await.refused(409, "SLOT_UNAVAILABLE");
    let mut browser = Browser::of(&salon).await;
    let id = added["id"].as_str().unwrap();
    let page = browser.open(&format!("/app/bookings/{id}")).await.text.clone();
    assert!(page.contains("Ana") && page.contains("3 of 3 seats"), "{page}");
    let page = browser.open("/app/calendar?date=2030-03-05").await.text.clone();
    assert!(page.contains("3 seats taken"), "{page}");
    assert_eq!(page.matches("<strong>Yoga</strong>").count(), 1, "one session is shown once");
}

#[tokio::test]
async fn visitors_choose_their_seats_on_the_pages() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, service) = studio(&app, json!({"name": "Yoga", "capacity": 3, "price_cents": 1500})).await;
    book(&salon, "Ana", TEN, 1).await.expect(201);
    let mut browser = Browser::new(&app);
    let page = browser
        .open(&format!("/studio/book/time?service_id={service}&date=2030-03-05&seats=2&lang=en"))
        .await
        .text
        .clone();
    assert!(page.contains("2 left") && page.contains("× 2") && page.contains("€30"), "{page}");
    let details = format!("/studio/book/details?service_id={service}&seats=2&start={TEN}&lang=en");
    browser.open(&details).await;
    browser.submit("/studio/book", &[("name", "Bob Lee"), ("email", "bob@customer.example")]).await;
    let page = browser.page.text.clone();
    assert!(page.contains("Yoga × 2") && page.contains("€30"), "{page}");
    assert!(!page.contains("Ana"), "nobody learns who else comes");
    // One seat is not left any longer, whatever the address says.
    let page = browser.open(&details).await.text.clone();
    assert!(page.contains("no longer"), "{page}");
}

#[tokio::test]
async fn who_gives_back_their_seats_by_code_or_by_link_leaves_the_others_theirs() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, service) = studio(&app, json!({"name": "Yoga", "capacity": 6})).await;
    let mut booked = Vec::new();
    for (name, count) in [("Ana", 1), ("Bob", 2), ("Cleo", 1)] {
        booked.push(book(&salon, name, TEN, count).await.expect(201));
    }
    let of = [("service_id", service.as_str())];
    let stand = async || {
        let mut told = Vec::new();
        for name in ["Ana", "Bob", "Cleo"] {
            told.push(find(&salon, name).await["status"].as_str().unwrap().to_owned());
        }
        told.join(" ")
    };
    let cancel = async |place: usize, email: &str| {
        let path = format!("/bookings/{}/cancellation", booked[place]["public_code"].as_str().unwrap());
        salon.public("POST", &path).json(&json!({"email": email})).await
    };
    // Who sits beside somebody has no key to their seat.
    cancel(0, "bob@customer.example").await.refused(404, "BOOKING_NOT_FOUND");
    assert_eq!(stand().await, "confirmed confirmed confirmed");
    cancel(0, "ana@customer.example").await.expect(200);
    assert_eq!(stand().await, "cancelled confirmed confirmed");
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 6), ("10:00", 3), ("11:00", 6)]));
    let (_, token) = booked[1]["manage_url"].as_str().unwrap().split_once("/manage/").unwrap();
    let address = format!("/manage/{token}/cancel");
    let mut browser = Browser::new(&app);
    let page = browser.open(&address).await.text.clone();
    assert!(!page.contains("Cleo"), "{page}");
    browser.submit(&address, &[]).await;
    assert_eq!(stand().await, "cancelled cancelled confirmed");
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 6), ("10:00", 5), ("11:00", 6)]));
    cancel(2, "cleo@customer.example").await.expect(200);
    assert_eq!(seats(&salon, &of).await, told(&[("09:00", 6), ("10:00", 6), ("11:00", 6)]));
}
