//! Weeks, rooms and what a service needs, set up by pages without a script.

use serde_json::{Value, json};
use testkit::{Browser, Salon, TestApp};

async fn week(salon: &Salon<'_>, query: &[(&str, &str)]) -> Value {
    salon.get("/opening-rules").query(query).await.expect(200)
}

fn count(week: &Value) -> usize {
    week["rules"].as_array().unwrap().len()
}

#[tokio::test]
async fn another_week_is_prepared_from_the_one_before_and_given_up() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::of(&salon).await;
    browser.open("/app/hours?from=2030-06-03").await;
    assert!(browser.page.text.contains("This week is not saved yet"), "{}", browser.page.text);
    // It begins as the usual one; nothing is saved by looking.
    assert_eq!(browser.value("/app/hours", "open-1-start"), "08:00");
    assert_eq!(week(&salon, &[]).await["other_weeks_from"], json!([]));
    browser.press("/app/hours", ("do", "save"), &[("open-1-start", "10:00")]).await;
    assert_eq!(browser.page.status, 200, "{}", browser.page.text);
    assert_eq!(browser.address, "/app/hours?from=2030-06-03");
    let summer = [("effective_from", "2030-06-03")];
    assert_eq!(week(&salon, &summer).await["rules"][0]["start"], "10:00");
    assert_eq!(week(&salon, &[]).await["rules"][0]["start"], "08:00");
    // Filled in like a usual week of others, by a button that saves nothing either.
    browser.press("/app/hours", ("do", "fill"), &[("template", "shop")]).await;
    assert_eq!(browser.value("/app/hours", "open-6-end"), "19:00");
    assert_eq!(week(&salon, &summer).await["rules"][0]["start"], "10:00");
    browser.press("/app/hours", ("do", "save"), &[]).await;
    assert_eq!(week(&salon, &summer).await["rules"][0]["weekday"], 2);
    browser.press("/app/hours", ("do", "drop"), &[]).await;
    assert_eq!((browser.page.status, browser.address.as_str()), (200, "/app/hours"));
    assert_eq!(week(&salon, &[]).await["other_weeks_from"], json!([]));
    // What is no date is the usual week.
    assert_eq!(browser.open("/app/hours?from=soon").await.status, 200);
}

#[tokio::test]
async fn somebody_takes_over_the_hours_of_another() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (first, bea) = (salon.first_staff().await, salon.staff("Bea").await);
    let own = [("staff_id", first.as_str())];
    let evening = json!({"rules": [{"weekday": 4, "start": "18:00", "end": "21:00"}]});
    salon.put("/opening-rules").query(&own).json(&evening).await.expect(200);
    let mut browser = Browser::of(&salon).await;
    browser.open(&format!("/app/hours?staff_id={bea}")).await;
    let template = format!("staff-{first}");
    browser.press("/app/hours", ("do", "fill"), &[("template", &template)]).await;
    browser.press("/app/hours", ("do", "save"), &[]).await;
    assert_eq!(week(&salon, &[("staff_id", &bea)]).await["rules"], evening["rules"]);
    // A template that is none changes nothing.
    browser.press("/app/hours", ("do", "fill"), &[("template", "moon")]).await;
    assert_eq!(browser.value("/app/hours", "open-4-start"), "18:00");
}

#[tokio::test]
async fn a_service_gets_hours_of_its_own() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(json!({"name": "Perm"})).await;
    let mut browser = Browser::of(&salon).await;
    browser.open(&format!("/app/services/{id}")).await;
    assert!(browser.page.text.contains(&format!("/app/hours?service_id={id}")), "{}", browser.page.text);
    browser.open(&format!("/app/hours?service_id={id}")).await;
    assert!(browser.page.text.contains("Perm") && !browser.page.text.contains("closures"));
    browser.press("/app/hours", ("do", "add-open-2"), &[]).await;
    browser.press("/app/hours", ("do", "save"), &[]).await;
    assert_eq!(browser.address, format!("/app/hours?service_id={id}"));
    assert_eq!(count(&week(&salon, &[("service_id", &id)]).await), 1);
    for address in ["/app/hours?service_id=x", "/app/hours?service_id=019c0000-0000-7000-8000-000000000000"] {
        assert_eq!(browser.open(address).await.status, 404, "{address}");
    }
    let both = format!("/app/hours?service_id={id}&staff_id={}", salon.first_staff().await);
    assert_eq!(browser.open(&both).await.status, 404);
}

#[tokio::test]
async fn rooms_are_added_renamed_archived_and_ticked() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::of(&salon).await;
    browser.open("/app/rooms").await;
    browser.submit("/app/rooms", &[("name", "Cabin 1")]).await;
    assert_eq!((browser.page.status, browser.address.as_str()), (200, "/app/rooms"));
    browser.submit("/app/rooms", &[("name", " ")]).await;
    assert_eq!(browser.page.status, 422);
    let room = salon.get("/rooms").await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/app/rooms/{room}");
    browser.open("/app/rooms").await;
    browser.submit(&path, &[("name", "")]).await;
    assert!(browser.page.text.contains("A room needs a name"), "{}", browser.page.text);
    browser.submit(&path, &[("name", "Blue cabin")]).await;
    assert_eq!(salon.get(&format!("/rooms/{room}")).await.expect(200)["name"], "Blue cabin");
    // Ticked in a service, with all of its other rules.
    browser.open("/app/services/new").await;
    let fields = [
        ("name", "Show"),
        ("price", "90"),
        ("room_ids", room.as_str()),
        ("is_collective", "on"),
        ("until", "2030-12-24"),
    ];
    browser.submit("/app/services", &fields).await;
    assert_eq!(browser.page.status, 200, "{}", browser.page.text);
    let service = salon.get("/services").await.expect(200)["data"][0].clone();
    assert_eq!(service["room_ids"], json!([room]));
    assert_eq!((&service["is_collective"], &service["bookable_until"]), (&json!(true), &json!("2030-12-24")));
    let edit = format!("/app/services/{}", service["id"].as_str().unwrap());
    browser.open(&edit).await;
    browser.submit(&edit, &[("until", "2030-02-31")]).await;
    assert_eq!(browser.page.status, 422);
    // Archived, it stays where it is named, and comes back.
    browser.open("/app/rooms").await;
    browser.submit(&format!("{path}/archive"), &[]).await;
    assert_eq!(salon.get("/rooms").await.expect(200)["data"], json!([]));
    browser.open(&edit).await;
    browser.submit(&edit, &[("name", "Great show")]).await;
    assert_eq!(browser.page.status, 200, "{}", browser.page.text);
    browser.open("/app/rooms").await;
    browser.submit(&format!("{path}/restore"), &[]).await;
    assert_eq!(salon.get("/rooms").await.expect(200)["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_is_chosen_where_all_do_it_together() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.staff("Bea").await;
    let id = salon.service(json!({"is_collective": true})).await;
    let mut browser = Browser::new(&app);
    browser.open(&format!("/salon/book/staff?service_id={id}")).await;
    assert!(browser.address.starts_with("/salon/book/time?"), "{}", browser.address);
    assert_eq!(browser.page.status, 200);
}
