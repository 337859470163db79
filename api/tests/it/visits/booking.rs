//! A visit looked for and booked.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Browser, TestApp};

use super::{DAY, TEN, Visits, said, times};

#[tokio::test]
async fn a_visit_is_booked_as_one_told_as_one_and_counts_as_one() {
    let app = TestApp::start().await;
    let buffers = json!({"buffer_before_minutes": 10, "buffer_after_minutes": 20});
    let visits = Visits::open(&app, buffers.clone(), buffers).await;
    let booked = visits.book("Ana", TEN).await.expect(201);
    assert_eq!(times(&booked), [said("Cut", "10:00", "11:00"), said("Colour", "11:00", "11:30")]);
    assert_eq!((&booked["start"], &booked["end"]), (&json!(TEN), &json!("2030-03-05T11:30:00Z")));
    assert_eq!((&booked["price_cents"], &booked["service"]["name"]), (&json!(6_500), &json!("Cut + Colour")));
    assert_eq!(visits.used().await, 1);
    app.run_jobs().await;
    let mails = app.mails().await;
    let told: Vec<_> = mails.iter().filter(|mail| mail.to.contains("ana@")).collect();
    assert_eq!(told.len(), 1);
    let text = &told[0].text;
    for line in ["10:00 – 11:30", "10:00: Cut, with", "11:00: Colour, with", "€65.00"] {
        assert!(text.contains(line), "{line} in {text}");
    }
    // Whoever does both keeps the outer buffers alone: 9:50 to 11:50.
    let free = visits.starts("").await;
    assert!(free.contains(&"08:30".to_owned()) && free.contains(&"12:00".to_owned()), "{free:?}");
    assert!(free.iter().all(|start| !("09:00".."12:00").contains(&start.as_str())), "{free:?}");
    // Any of its codes opens all of it.
    for one in visits.all("Ana").await {
        let query = [("code", one["public_code"].as_str().unwrap()), ("email", "ana@customer.example")];
        let seen = visits.salon.public("GET", "/bookings").query(&query).await.expect(200);
        assert_eq!((&seen["public_code"], &seen["price_cents"]), (&booked["public_code"], &json!(6_500)));
    }
}

#[tokio::test]
async fn what_is_listed_for_a_visit_books_and_what_is_not_is_refused() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({"buffer_after_minutes": 15}), json!({})).await;
    visits.salon.book("Bob", "2030-03-05T13:00:00Z").await.expect(201);
    let then = visits.colour.clone();
    let listed = visits.starts(&then).await;
    // Until 11:30 it ends before Bob comes at 13:00; his half hour is of colour, without a buffer.
    assert_eq!(
        listed,
        [
            "08:00", "08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "13:30", "14:00",
            "14:30", "15:00", "15:30", "16:00", "16:30"
        ]
    );
    let query = [("service_id", visits.cut.as_str()), ("from", DAY), ("to", "2030-03-06"), ("then", &then)];
    let days = visits.salon.public("GET", "/availability/days").query(&query).await.expect(200);
    assert_eq!(days["days"][0]["slots"], listed.len());
    let refused = visits.book("Ana", "2030-03-05T12:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    assert_eq!(refused["alternatives"][0]["start"], "2030-03-05T11:30:00Z");
    visits.book("Ana", "2030-03-05T12:15:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    for start in ["11:30", "08:00", "16:30"] {
        visits.book("Ana", &format!("{DAY}T{start}:00Z")).await.expect(201);
    }
    assert!(!visits.starts(&then).await.contains(&"11:30".to_owned()));
}

#[tokio::test]
async fn whoever_can_stays_with_the_customer_and_else_another_goes_on() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let salon = &visits.salon;
    let (ana, bea) = (salon.first_staff().await, salon.staff("Bea").await);
    let staff = |booked: &Value| -> Vec<String> {
        let services = booked["services"].as_array().unwrap();
        services.iter().map(|one| one["staff"]["id"].as_str().unwrap().to_owned()).collect()
    };
    let both = staff(&visits.book("Eva", TEN).await.expect(201));
    assert_eq!(both[0], both[1]);
    // The other one: each has as much to do now.
    let other = staff(&visits.book("Ida", TEN).await.expect(201));
    assert_eq!(other[0], other[1]);
    assert_ne!(both[0], other[0]);
    visits.book("Uma", TEN).await.refused(409, "SLOT_UNAVAILABLE");
    // Bea alone colours, and the owner alone cuts.
    for (service, id) in [(&visits.cut, &ana), (&visits.colour, &bea)] {
        salon.patch(&format!("/services/{service}")).json(&json!({"staff_ids": [id]})).await.expect(200);
    }
    let split = visits.book("Mia", "2030-03-05T14:00:00Z").await.expect(201);
    assert_eq!(staff(&split), [ana.clone(), bea.clone()]);
    // Who is named does it, and who does not do it is not there.
    let mut named = visits.body("Lea", "2030-03-05T16:00:00Z");
    named["then"][0]["staff_id"] = json!(ana);
    salon.public("POST", "/bookings").json(&named).await.refused(404, "NOT_FOUND");
    named["then"][0]["staff_id"] = json!(bea);
    salon.public("POST", "/bookings").json(&named).await.expect(201);
}

#[tokio::test]
async fn a_room_that_both_need_is_one_room() {
    let app = TestApp::start().await.ignore_jobs();
    let visits =
        Visits::open(&app, json!({"buffer_after_minutes": 15}), json!({"buffer_before_minutes": 15})).await;
    let salon = &visits.salon;
    let (ana, bea, chair) = (salon.first_staff().await, salon.staff("Bea").await, salon.room("Chair").await);
    for (service, id) in [(&visits.cut, &ana), (&visits.colour, &bea)] {
        let body = json!({"staff_ids": [id], "room_ids": [chair]});
        salon.patch(&format!("/services/{service}")).json(&body).await.expect(200);
    }
    visits.book("Ana", TEN).await.expect(201);
    let all = visits.all("Ana").await;
    assert!(all.iter().all(|one| one["room_id"] == json!(chair)), "{all:?}");
    // The room is taken for both, so nobody else is cut meanwhile.
    assert!(visits.starts("").await.iter().all(|start| !("09:00".."11:30").contains(&start.as_str())));
}

#[tokio::test]
async fn the_deposits_of_a_visit_are_paid_at_once_or_its_time_is_free_again() {
    let app = TestApp::start().await;
    let mut visits = Visits::open(&app, json!({"deposit_rate": 0.5}), json!({})).await;
    let booked = visits.book("Ana", TEN).await.expect(201);
    assert_eq!((&booked["status"], &booked["deposit"]["amount_cents"]), (&json!("held"), &json!(2_000)));
    assert_eq!(visits.statuses("Ana").await, ["held", "held"]);
    let url = booked["deposit"]["pay_url"].as_str().unwrap();
    let path = format!("/manage/{}", url.split_once("/manage/").unwrap().1);
    let mut browser = Browser::new(&app);
    browser.open(&path).await;
    browser.submit(&path, &[]).await;
    assert_eq!(visits.statuses("Ana").await, ["confirmed", "confirmed"]);
    visits.book("Bob", "2030-03-05T14:00:00Z").await.expect(201);
    assert_eq!(visits.used().await, 2);
    visits.wait(&app, 16).await;
    app.run_jobs().await;
    assert_eq!(visits.statuses("Bob").await, ["expired", "expired"]);
    assert_eq!((visits.used().await, visits.statuses("Ana").await.len()), (1, 2));
    visits.book("Bob", "2030-03-05T14:00:00Z").await.expect(201);
    let told = app.mails().await.iter().filter(|mail| mail.to.contains("ana@")).count();
    assert_eq!(told, 1);
    app.run_jobs().await;
}

#[tokio::test]
async fn one_answer_approves_all_of_a_visit() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({"auto_confirm": false})).await;
    visits.book("Ana", TEN).await.expect(201);
    assert_eq!(visits.statuses("Ana").await, ["pending", "pending"]);
    let second = visits.all("Ana").await[1]["id"].as_str().unwrap().to_owned();
    let path = format!("/bookings/{second}/confirmation");
    let one = visits.salon.post(&path).json(&json!({})).await.expect(200);
    assert_eq!((&one["id"], &one["service"]["name"]), (&json!(second), &json!("Colour")));
    assert_eq!(visits.statuses("Ana").await, ["confirmed", "confirmed"]);
}

#[tokio::test]
async fn outside_of_the_hours_there_is_no_visit() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let mut body = visits.body("Ana", "2030-03-05T05:00:00Z");
    body["outside_hours"] = json!(true);
    body["staff_id"] = json!(visits.salon.first_staff().await);
    visits.salon.post("/bookings").json(&body).await.refused(422, "INVALID");
    assert!(visits.all("Ana").await.is_empty());
}

#[tokio::test]
async fn a_visit_counts_once_for_a_daily_maximum() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let path = format!("/staff/{}", visits.salon.first_staff().await);
    visits.salon.patch(&path).json(&json!({"max_daily_bookings": 2})).await.expect(200);
    visits.book("Ana", TEN).await.expect(201);
    visits.book("Bob", "2030-03-05T14:00:00Z").await.expect(201);
    assert!(visits.starts(&visits.colour).await.is_empty());
    visits.book("Cem", "2030-03-05T16:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
    // What is left of a visit counts still.
    let first = visits.all("Ana").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/bookings/{first}/cancellation");
    visits.salon.post(&path).json(&json!({"scope": "service"})).await.expect(200);
    visits.book("Cem", "2030-03-05T16:00:00Z").await.refused(409, "SLOT_UNAVAILABLE");
}

#[tokio::test]
async fn of_many_who_want_the_same_visit_as_many_get_it_as_there_are_people() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    visits.salon.staff("Bea").await;
    visits.salon.staff("Cem").await;
    let names = ["Ana", "Bob", "Cleo", "Dan", "Eva", "Fay", "Gus", "Hal"];
    let answers = join_all(names.map(|name| visits.book(name, TEN))).await;
    let won: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
    let lost = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((won.len(), lost), (3, 5));
    let mut staff: Vec<&str> =
        won.iter().map(|answer| answer.body["services"][0]["staff"]["id"].as_str().unwrap()).collect();
    staff.sort_unstable();
    staff.dedup();
    assert_eq!(staff.len(), 3);
    assert_eq!(visits.used().await, 3);
}

#[tokio::test]
async fn visits_and_bookings_of_the_same_people_and_room_never_wait_in_a_circle() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let salon = &visits.salon;
    let (ana, bea, chair) = (salon.first_staff().await, salon.staff("Bea").await, salon.room("Chair").await);
    for (service, id) in [(&visits.cut, &ana), (&visits.colour, &bea)] {
        let body = json!({"staff_ids": [id], "room_ids": [chair]});
        salon.patch(&format!("/services/{service}")).json(&body).await.expect(200);
    }
    let one = async |service: &str, then: Option<&str>, name: &str| {
        let mut body = visits.body(name, TEN);
        body["service_id"] = json!(service);
        body["then"] = then.map_or(json!([]), |id| json!([{"service_id": id}]));
        salon.public("POST", "/bookings").json(&body).await.status
    };
    for round in 0..6 {
        let name = |letter: &str| format!("{letter}{round}");
        let names = ["A", "B", "C", "D", "E", "F"].map(name);
        let wanted = [
            (&visits.cut, Some(&visits.colour)),
            (&visits.colour, None),
            (&visits.colour, Some(&visits.cut)),
            (&visits.cut, None),
            (&visits.colour, None),
            (&visits.cut, Some(&visits.colour)),
        ];
        let all = wanted.into_iter().zip(&names);
        let mut statuses: Vec<u16> =
            join_all(all.map(|((service, then), name)| one(service, then.map(String::as_str), name))).await;
        statuses.sort_unstable();
        // One of them has the room; the others are refused, and nobody is turned away by the database.
        assert!(statuses.iter().all(|status| matches!(status, 201 | 409)), "{statuses:?}");
        let all = salon.get("/bookings").query(&[("limit", "200")]).await.expect(200);
        for booked in all["data"].as_array().unwrap().iter().filter(|one| one["status"] == "confirmed") {
            let path = format!("/bookings/{}/cancellation", booked["id"].as_str().unwrap());
            salon.post(&path).json(&json!({})).await;
        }
    }
}

#[tokio::test]
async fn what_can_be_no_visit_is_refused() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let salon = &visits.salon;
    let yoga = salon.service(json!({"name": "Yoga", "capacity": 8})).await;
    let mut body = visits.body("Ana", TEN);
    body["then"] = json!([{"service_id": yoga}]);
    let refused = salon.public("POST", "/bookings").json(&body).await.refused(422, "INVALID");
    assert_eq!(refused["errors"][0]["pointer"], "/then/0/service_id");
    body["then"] = json!(vec![json!({"service_id": visits.colour}); 5]);
    let refused = salon.public("POST", "/bookings").json(&body).await.refused(422, "INVALID");
    assert_eq!(refused["errors"][0]["code"], "TOO_MANY");
    body["then"] = json!([{"service_id": visits.colour}]);
    body["seats"] = json!(2);
    salon.public("POST", "/bookings").json(&body).await.refused(422, "INVALID");
    body["seats"] = json!(1);
    let series = json!({"booking": body, "recurrence": "FREQ=WEEKLY;COUNT=3"});
    salon.public("POST", "/series").json(&series).await.refused(422, "INVALID");
    body["then"] = json!([{"service_id": "00000000-0000-0000-0000-000000000001"}]);
    salon.public("POST", "/bookings").json(&body).await.refused(404, "NOT_FOUND");
    for then in ["x", ":", "00000000-0000-0000-0000-000000000001:", &[visits.colour.as_str(); 5].join(",")] {
        let query = [("service_id", visits.cut.as_str()), ("date", DAY), ("then", then)];
        let refused = salon.public("GET", "/availability").query(&query).await.refused(422, "INVALID");
        assert_eq!(refused["errors"][0]["pointer"], "?then", "{then}");
    }
}

#[tokio::test]
async fn each_service_of_a_visit_is_asked_its_own_questions() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let salon = &visits.salon;
    let mut ids = Vec::new();
    for (service, label) in [(&visits.cut, "How short?"), (&visits.colour, "Which colour?")] {
        let body = json!({"questions": [{"kind": "text", "label": label, "required": true}]});
        let asked = salon.put(&format!("/services/{service}/questions")).json(&body).await.expect(200);
        ids.push(asked["questions"][0]["id"].as_str().unwrap().to_owned());
    }
    let mut body = visits.body("Ana", TEN);
    body["answers"] = json!({ids[0].as_str(): "Short"});
    let refused = salon.public("POST", "/bookings").json(&body).await.refused(422, "INVALID");
    assert_eq!(refused["errors"][0]["pointer"], format!("/answers/{}", ids[1]));
    body["then"][0]["answers"] = json!({ids[1].as_str(): "Red"});
    salon.public("POST", "/bookings").json(&body).await.expect(201);
    let all = visits.all("Ana").await;
    let answers: Vec<&Value> = all.iter().map(|one| &one["answers"][0]["value"]).collect();
    assert_eq!(answers, [&json!("Short"), &json!("Red")]);
}

#[tokio::test]
async fn a_visitor_adds_a_service_and_books_both() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let mut browser = Browser::new(&app);
    let time = format!("/salon/book/time?service_id={}&date={DAY}", visits.cut);
    let page = browser.open(&time).await.text.clone();
    assert!(page.contains("Add another service") && page.contains("Colour"), "{page}");
    let url = format!("{time}&then={}", visits.colour);
    let page = browser.open(&url).await.text.clone();
    assert!(
        page.contains("Your visit") && page.contains("€65.00") && page.contains("Remove Colour"),
        "{page}"
    );
    assert!(!page.contains("waitlist"), "nobody waits for several at once");
    let details = format!(
        "/salon/book/details?service_id={}&then={}&start={}",
        visits.cut,
        visits.colour,
        TEN.replace(':', "%3A")
    );
    let page = browser.open(&details).await.text.clone();
    assert!(page.contains("10:00") && page.contains("11:30") && page.contains("Cut + Colour"), "{page}");
    let done = browser
        .submit("/salon/book", &[("name", "Ana"), ("email", "ana@customer.example")])
        .await
        .text
        .clone();
    assert!(done.contains("10:00–11:00") || done.contains("10:00 – 11:00"), "{done}");
    assert!(done.contains("Colour") && done.contains("€65.00"));
    assert_eq!(visits.statuses("Ana").await, ["confirmed", "confirmed"]);
    // On the member's page of either, the other.
    let id = visits.all("Ana").await[0]["id"].as_str().unwrap().to_owned();
    let mut member = Browser::of(&visits.salon).await;
    let page = member.open(&format!("/app/bookings/{id}")).await.text.clone();
    assert!(page.contains("One visit") && page.contains("Colour"), "{page}");
    // Moved as a whole by its form, or one service of it.
    let path = format!("/app/bookings/{id}/move");
    member.open(&format!("{path}?date={DAY}")).await;
    member.submit(&path, &[("start", "2030-03-05T14:00:00Z")]).await;
    let second = visits.all("Ana").await[1].clone();
    assert_eq!(second["start"], "2030-03-05T15:00:00Z");
    let path = format!("/app/bookings/{}/move", second["id"].as_str().unwrap());
    member.open(&format!("{path}?date=2030-03-06&scope=service")).await;
    member.submit(&path, &[("start", "2030-03-06T08:00:00Z")]).await;
    assert_eq!(visits.all("Ana").await[1]["start"], "2030-03-06T08:00:00Z");
    member.open(&format!("{path}?date={DAY}&scope=service")).await;
    member.submit(&path, &[("start", "2030-03-05T15:00:00Z")]).await;
    member.open(&format!("/app/bookings/{id}/cancellation")).await;
    member.submit(&format!("/app/bookings/{id}/cancellation"), &[("scope", "service")]).await;
    assert_eq!(visits.statuses("Ana").await, ["cancelled", "confirmed"]);
}

#[tokio::test]
async fn the_next_start_that_is_free_is_told_of_each_and_books() {
    let app = TestApp::start().await.ignore_jobs();
    let visits = Visits::open(&app, json!({}), json!({})).await;
    let salon = &visits.salon;
    let (ida, bea) = (salon.first_staff().await, salon.staff("Bea").await);
    let next = async |question: &[(&str, &str)]| {
        salon.public("GET", "/availability/next").query(question).await.expect(200)
    };
    let (cut, colour) = (visits.cut.as_str(), visits.colour.as_str());
    let closure = json!({"starts_on": "2030-03-04", "ends_on": "2030-03-05", "staff_id": ida});
    salon.post("/closures").json(&closure).await.expect(201);

    let free = next(&[("service_id", cut)]).await;
    assert_eq!(free["start"], "2030-03-04T09:00:00Z");
    let starts: Vec<_> =
        free["staff"].as_array().unwrap().iter().map(|one| (&one["id"], &one["start"])).collect();
    assert_eq!(
        starts,
        [(&json!(ida), &json!("2030-03-06T08:00:00Z")), (&json!(bea), &json!("2030-03-04T09:00:00Z"))]
    );
    // Of Ida alone; within a day she has none.
    let free = next(&[("service_id", cut), ("staff_id", &ida)]).await;
    assert_eq!(
        (&free["start"], free["staff"].as_array().unwrap().len()),
        (&json!("2030-03-06T08:00:00Z"), 1)
    );
    let free = next(&[("service_id", cut), ("staff_id", &ida), ("days", "1")]).await;
    assert_eq!((&free["start"], &free["staff"][0]["start"]), (&json!(null), &json!(null)));

    // The last hour of today has room for one service, not for both.
    let late = json!({"rules": [{"weekday": 1, "start": "17:00", "end": "18:00"}, {"weekday": 2, "start": "10:00", "end": "12:00"}]});
    salon.put("/opening-rules").json(&late).await.expect(200);
    assert_eq!(next(&[("service_id", cut)]).await["start"], "2030-03-04T17:00:00Z");
    let free = next(&[("service_id", cut), ("then", colour)]).await;
    assert_eq!(free["start"], TEN);
    assert_eq!(visits.book("Zoe", TEN).await.expect(201)["start"], TEN);
    for (name, value) in [("days", "0"), ("days", "63"), ("seats", "0"), ("then", "nothing")] {
        let question = [("service_id", cut), (name, value)];
        salon.public("GET", "/availability/next").query(&question).await.refused(422, "INVALID");
    }
}
