//! A booking moved to another time: what it may, what it leaves, what is told, and who wins a race.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Salon, TestApp};

const NINE: &str = "2030-03-05T09:00:00Z";
const TEN: &str = "2030-03-05T10:00:00Z";

async fn move_to(salon: &Salon<'_>, code: &Value, name: &str, start: &str) -> Answer {
    let path = format!("/bookings/{}/reschedule", code.as_str().unwrap());
    let email = format!("{}@customer.example", name.to_lowercase());
    salon.public("POST", &path).json(&json!({"email": email, "start": start})).await
}

async fn code_of(salon: &Salon<'_>, name: &str, start: &str) -> Value {
    salon.book(name, start).await.expect(201)["public_code"].clone()
}

#[tokio::test]
async fn a_customer_moves_a_booking_and_its_calendar_follows() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let code = code_of(&salon, "Ana", NINE).await;
    app.run_jobs().await;
    app.clock.advance(TimeDelta::minutes(1));
    let moved = move_to(&salon, &code, "Ana", TEN).await.expect(200);
    assert_eq!((&moved["public_code"], &moved["status"]), (&code, &json!("confirmed")));
    assert_eq!((&moved["start"], &moved["end"]), (&json!(TEN), &json!("2030-03-05T11:00:00Z")));
    let starts = salon.starts("2030-03-05").await;
    assert!(starts.contains(&NINE.to_owned()) && !starts.contains(&TEN.to_owned()), "{starts:?}");
    assert_eq!(app.run_jobs().await.len(), 2);
    app.clock.advance(TimeDelta::minutes(1));
    let path = format!("/bookings/{}/cancellation", code.as_str().unwrap());
    salon.public("POST", &path).json(&json!({"email": "ana@customer.example"})).await.expect(200);
    app.run_jobs().await;
    let mails = app.mails().await;
    let invitations: Vec<String> = mails
        .iter()
        .flat_map(|mail| &mail.attachments)
        .filter(|file| file.name == "invite.ics")
        .map(|file| String::from_utf8(file.bytes.clone()).unwrap())
        .collect();
    let line = |invitation: &String, name: &str| {
        let found = invitation.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        found.trim().to_owned()
    };
    let of_each = |name: &str| invitations.iter().map(|one| line(one, name)).collect::<Vec<_>>();
    assert_eq!(of_each("SEQUENCE:"), ["0", "1", "2"]);
    assert_eq!(of_each("METHOD:"), ["REQUEST", "REQUEST", "CANCEL"]);
    assert_eq!(of_each("DTSTART:"), ["20300305T090000Z", "20300305T100000Z", "20300305T100000Z"]);
    let mut uids = of_each("UID:");
    uids.dedup();
    assert_eq!(uids.len(), 1);
    let told = mails.iter().find(|mail| mail.subject.starts_with("Moved: ")).unwrap();
    // Eleven o'clock in Paris.
    assert!(told.subject.contains("11:00") && told.text.contains("11:00 – 12:00"), "{}", told.text);
}

#[tokio::test]
async fn a_booking_does_not_stand_in_its_own_way() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let fields = json!({"slot_step_minutes": 15, "buffer_before_minutes": 15, "buffer_after_minutes": 15});
    salon.service(fields).await;
    let staff = salon.first_staff().await;
    salon.patch(&format!("/staff/{staff}")).json(&json!({"max_daily_bookings": 1})).await.expect(200);
    let code = code_of(&salon, "Ana", NINE).await;
    assert!(salon.starts("2030-03-05").await.is_empty());
    for start in ["2030-03-05T09:15:00Z", "2030-03-05T08:45:00Z", TEN] {
        move_to(&salon, &code, "Ana", start).await.expect(200);
    }
    // Another's booking does.
    let other = code_of(&salon, "Bob", "2030-03-06T09:00:00Z").await;
    move_to(&salon, &other, "Bob", "2030-03-05T13:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
}

#[tokio::test]
async fn a_move_is_checked_like_a_booking() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({"min_notice_minutes": 60, "horizon_days": 30})).await;
    let code = code_of(&salon, "Ana", NINE).await;
    code_of(&salon, "Bob", TEN).await;
    for start in [
        TEN,
        // Between two slots, at night, on a Sunday, past the horizon, in the past.
        "2030-03-05T09:07:00Z",
        "2030-03-05T23:00:00Z",
        "2030-03-10T09:00:00Z",
        "2030-06-04T09:00:00Z",
        "2029-03-06T09:00:00Z",
    ] {
        let problem = move_to(&salon, &code, "Ana", start).await.refused(409, "SLOT_UNAVAILABLE");
        assert!(problem["alternatives"].is_array(), "{start}");
    }
    for start in ["-262143-01-01T00:00:00Z", "1999-12-31T00:00:00Z"] {
        move_to(&salon, &code, "Ana", start).await.refused(422, "INVALID");
    }
    let told = move_to(&salon, &code, "Ana", TEN).await.body["alternatives"].clone();
    // To stay where it is would be no move.
    let told = told.as_array().unwrap();
    assert!(!told.is_empty() && told.iter().all(|one| one["start"] != NINE), "{told:?}");
}

#[tokio::test]
async fn a_move_to_where_it_is_changes_nothing() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let code = code_of(&salon, "Ana", NINE).await;
    app.run_jobs().await;
    move_to(&salon, &code, "Ana", NINE).await.expect(200);
    assert!(app.run_jobs().await.is_empty());
    assert_eq!(salon.get("/bookings").await.expect(200)["data"][0]["version"], 1);
}

#[tokio::test]
async fn what_is_over_or_cancelled_is_moved_no_more() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let code = code_of(&salon, "Ana", NINE).await;
    move_to(&salon, &code, "Bob", TEN).await.refused(404, "BOOKING_NOT_FOUND");
    let id = salon.get("/bookings").await.expect(200)["data"][0]["id"].clone();
    let path = format!("/bookings/{}/cancellation", id.as_str().unwrap());
    salon.post(&path).json(&json!({})).await.expect(200);
    move_to(&salon, &code, "Ana", TEN).await.refused(409, "BOOKING_NOT_MOVABLE");
    let begun = code_of(&salon, "Cleo", NINE).await;
    app.clock.advance("2030-03-05T09:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.now());
    move_to(&salon, &begun, "Cleo", TEN).await.refused(409, "BOOKING_NOT_MOVABLE");
}

#[tokio::test]
async fn of_those_who_move_into_one_slot_one_does() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    let names = ["Ana", "Bob", "Cleo", "Dora"];
    let mut codes = Vec::new();
    for (name, hour) in names.iter().zip(9..) {
        codes.push(code_of(&salon, name, &format!("2030-03-06T{hour:02}:00:00Z")).await);
    }
    let wanted = "2030-03-07T09:00:00Z";
    let moves = names.iter().zip(&codes).map(|(name, code)| move_to(&salon, code, name, wanted));
    let answers = join_all(moves).await;
    let moved = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((moved, answers.iter().filter(|answer| answer.status == 409).count()), (1, 3));
    // Three of the four old times are still taken, and one is free.
    assert_eq!(
        salon
            .starts("2030-03-06")
            .await
            .iter()
            .filter(|start| { (9..13).any(|hour| start.contains(&format!("T{hour:02}:00"))) })
            .count(),
        1
    );
    let admin = app.database.admin().await;
    let sql = "SELECT count(*) FROM allocations WHERE released_at IS NULL";
    assert_eq!(admin.query_one(sql, &[]).await.unwrap().get::<_, i64>(0), 4);
}

#[tokio::test]
async fn two_who_change_places_with_each_other_never_wait_for_ever() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (bea, first) = (salon.staff("Bea").await, salon.first_staff().await);
    salon.service(json!({})).await;
    let mut ids = Vec::new();
    for (name, staff) in [("Ana", &bea), ("Bob", &first)] {
        let mut body = salon.booking(name, NINE);
        body["staff_id"] = json!(staff);
        salon.public("POST", "/bookings").json(&body).await.expect(201);
    }
    for booking in salon.get("/bookings").await.expect(200)["data"].as_array().unwrap() {
        let to = if booking["staff"]["id"] == json!(bea) { &first } else { &bea };
        ids.push((booking["id"].as_str().unwrap().to_owned(), to.clone()));
    }
    let salon = &salon;
    for start in [TEN, NINE, TEN] {
        let moves = ids.iter().map(|(id, to)| {
            let path = format!("/bookings/{id}/reschedule");
            let body = json!({"start": start, "staff_id": to});
            async move { salon.post(&path).json(&body).await }
        });
        for answer in join_all(moves).await {
            assert!(matches!(answer.status, 200 | 409), "{}", answer.text);
        }
        for (_, to) in &mut ids {
            *to = if *to == bea { first.clone() } else { bea.clone() };
        }
    }
}

#[tokio::test]
async fn a_member_moves_for_the_customer_and_all_of_it_is_kept() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let bea = salon.staff("Bea").await;
    salon.service(json!({"auto_confirm": false})).await;
    let code = code_of(&salon, "Ana", NINE).await;
    let before = salon.get("/bookings").await.expect(200)["data"][0].clone();
    let path = format!("/bookings/{}", before["id"].as_str().unwrap());
    salon.post(&format!("{path}/confirmation")).json(&json!({})).await.expect(200);
    let body = json!({"start": TEN, "staff_id": bea});
    let moved = salon.post(&format!("{path}/reschedule")).json(&body).await.expect(200);
    assert_eq!((&moved["staff"]["name"], &moved["status"]), (&json!("Bea"), &json!("confirmed")));
    assert_eq!((&moved["price_cents"], &moved["version"]), (&before["price_cents"], &json!(3)));
    // What the customer moves waits for a yes again.
    let waits = move_to(&salon, &code, "Ana", NINE).await.expect(200);
    assert_eq!(waits["status"], "pending");
    let admin = app.database.admin().await;
    let sql = "SELECT data->'previous'->>'starts_at' FROM domain_events
        WHERE name = 'booking.rescheduled' ORDER BY version";
    let previous: Vec<String> = admin.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(previous, [NINE, TEN]);
    let sql = "SELECT count(*) FROM audit_events WHERE action = 'booking.reschedule'
        AND before->>'starts_at' <> after->>'starts_at'";
    assert_eq!(admin.query_one(sql, &[]).await.unwrap().get::<_, i64>(0), 2);
}

#[tokio::test]
async fn what_lasts_longer_than_the_service_does_now_keeps_its_length() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let code = code_of(&salon, "Ana", NINE).await;
    let change = json!({"duration_minutes": 30, "price_cents": 9_900});
    salon.patch(&format!("/services/{service}")).json(&change).await.expect(200);
    code_of(&salon, "Bob", "2030-03-05T10:30:00Z").await;
    // From ten o'clock half an hour is free, and an hour is not.
    move_to(&salon, &code, "Ana", TEN).await.refused(409, "SLOT_UNAVAILABLE");
    let moved = move_to(&salon, &code, "Ana", "2030-03-05T13:00:00Z").await.expect(200);
    assert_eq!((&moved["end"], &moved["price_cents"]), (&json!("2030-03-05T14:00:00Z"), &json!(4_800)));
}
