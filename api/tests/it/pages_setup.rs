//! Setting a tenant up by its pages, without a script.

use domain::access::Role;
use serde_json::{Value, json};
use testkit::{Browser, Salon, TestApp};

fn id_in<'a>(text: &'a str, before: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split(['"', '/', '?']).next().unwrap()
}

#[tokio::test]
async fn the_first_steps_are_ticked_as_they_are_taken() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::of(&salon).await;
    assert!(browser.page.text.contains("0 of 4"), "{}", browser.page.text);
    browser.open("/app/hours").await;
    browser.press("/app/hours", ("do", "save"), &[]).await;
    browser.open("/app/services/new").await;
    browser.submit("/app/services", &[("name", "Haircut"), ("price", "48")]).await;
    browser.open("/app/look").await;
    assert_eq!((browser.page.status, browser.address.as_str()), (200, "/salon"));
    browser.open("/app").await;
    assert!(browser.page.text.contains("3 of 4"));
    browser.open("/app/settings/link").await;
    assert!(browser.page.text.contains("/salon") && browser.page.text.contains("<svg"));
    browser.submit("/app/settings/link/shared", &[]).await;
    assert!(!browser.page.text.contains(" of 4"));
    // Or nobody wants to see them.
    let other = app.tenant("other").await;
    let mut browser = Browser::of(&other).await;
    browser.submit("/app/setup/dismiss", &[]).await;
    assert!(!browser.page.text.contains(" of 4"));
}

#[tokio::test]
async fn today_and_what_comes_next_are_in_sight() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-04T14:00:00Z").await.expect(201);
    salon.book("Bea", "2030-03-05T09:00:00Z").await.expect(201);
    let browser = Browser::of(&salon).await;
    for text in ["€48.00", "Ana", "Bea", "15:00", "10:00"] {
        assert!(browser.page.text.contains(text), "{text}: {}", browser.page.text);
    }
}

#[tokio::test]
async fn a_day_comes_to_the_same_wherever_it_is_summed() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-04T13:00:00Z").await.expect(201);
    salon.book("Bea", "2030-03-04T14:00:00Z").await.expect(201);
    let mut browser = Browser::of(&salon).await;
    for path in ["/app", "/app/calendar"] {
        assert!(browser.open(path).await.text.contains("€96.00"), "{path}: {}", browser.page.text);
    }
    let booked = salon.get("/bookings").query(&[("q", "Ana")]).await.expect(200);
    let missed = format!("/app/bookings/{}", booked["data"][0]["id"].as_str().unwrap());
    app.clock.advance(chrono::TimeDelta::hours(5));
    browser.open(&missed).await;
    browser.submit(&format!("{missed}/no-show"), &[]).await;
    // Nothing is earned with who stays away.
    for path in ["/app", "/app/calendar"] {
        let page = browser.open(path).await;
        assert!(page.text.contains("€48.00") && !page.text.contains("€96.00"), "{path}: {}", page.text);
    }
}

/// As many bookings of the same customer, an hour each, all at one time.
async fn fill(salon: &Salon<'_>, many: i32, status: &str, start: &str) {
    let sql = "INSERT INTO bookings SELECT made.* FROM bookings known, generate_series(1, $1) n,
        LATERAL jsonb_populate_record(known, jsonb_build_object(
          'id', gen_random_uuid(), 'public_code', 'AA-' || lpad((n + (SELECT count(*) FROM bookings))::text, 6, '0'),
          'status', $2::text, 'starts_at', $3::text::timestamptz, 'ends_at', $3::text::timestamptz + interval '1 hour')
        ) made WHERE known.contact_name = 'Ana' AND known.status = 'confirmed'";
    salon.app.database.admin().await.execute(sql, &[&many, &status, &start]).await.unwrap();
}

#[tokio::test]
async fn many_bookings_hide_neither_what_comes_next_nor_what_the_day_comes_to() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    salon.book("Ana", "2030-03-05T09:00:00Z").await.expect(201);
    fill(&salon, 600, "cancelled", "2030-03-04T12:00:00Z").await;
    let mut browser = Browser::of(&salon).await;
    assert!(browser.open("/app").await.text.contains("Ana"), "{}", browser.page.text);
    fill(&salon, 600, "completed", "2030-03-04T08:00:00Z").await;
    let page = browser.open("/app").await;
    assert!(page.text.contains("€28,800.00") && page.text.contains("600"), "{}", page.text);
}

#[tokio::test]
async fn a_service_is_added_changed_archived_and_restored() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (mut browser, staff) = (Browser::of(&salon).await, salon.first_staff().await);
    browser.open("/app/services/new").await;
    let flawed = [("name", ""), ("price", "a lot"), ("duration", "1"), ("category", "Hair & <more>")];
    browser.submit("/app/services", &flawed).await;
    assert_eq!(browser.page.status, 422);
    for name in ["name", "price", "duration"] {
        assert!(browser.page.text.contains(&format!("id=\"e-{name}\"")), "{name}: {}", browser.page.text);
    }
    assert_eq!(browser.value("/app/services", "price"), "a lot");
    assert_eq!(browser.value("/app/services", "category"), "Hair & <more>");
    let fields = [
        ("name", "Haircut"),
        ("price", "48,50"),
        ("duration", "45"),
        ("step", "15"),
        ("notice", "120"),
        ("buffer_after", "10"),
        ("auto_confirm", ""),
        ("staff_ids", staff.as_str()),
    ];
    browser.submit("/app/services", &fields).await;
    assert_eq!((browser.page.status, browser.address.as_str()), (200, "/app/services"));
    let service = salon.get("/services").await.expect(200)["data"][0].clone();
    for (name, value) in [
        ("price_cents", json!(4_850)),
        ("duration_minutes", json!(45)),
        ("slot_step_minutes", json!(15)),
        ("min_notice_minutes", json!(120)),
        ("buffer_after_minutes", json!(10)),
        ("auto_confirm", json!(false)),
        ("category", json!("Hair & <more>")),
        ("staff_ids", json!([staff])),
    ] {
        assert_eq!(service[name], value, "{name}");
    }
    let id = service["id"].as_str().unwrap().to_owned();
    let address = format!("/app/services/{id}");
    browser.open(&address).await;
    // What is not touched stays.
    browser.submit(&address, &[("price", "50")]).await;
    let mut changed = salon.get(&format!("/services/{id}")).await.expect(200);
    assert_eq!((&changed["price_cents"], &changed["version"]), (&json!(5_000), &json!(2)));
    changed["price_cents"] = service["price_cents"].clone();
    changed["version"] = service["version"].clone();
    assert_eq!(changed, service);
    browser.open(&address).await;
    browser.submit(&format!("{address}/archive"), &[]).await;
    assert_eq!(salon.get("/services").await.expect(200)["data"], json!([]));
    browser.open("/app/services?archived=1").await;
    browser.submit(&format!("{address}/restore"), &[]).await;
    assert_eq!(salon.get("/services").await.expect(200)["data"][0]["id"], json!(id));
}

#[tokio::test]
async fn a_deposit_needs_a_plan_and_the_form_says_so() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::of(&salon).await;
    browser.open("/app/services/new").await;
    browser.submit("/app/services", &[("name", "Haircut"), ("price", "48"), ("deposit", "30")]).await;
    assert_eq!(browser.page.status, 402);
    assert_eq!(browser.value("/app/services", "name"), "Haircut");
    salon.set_plan("pro").await;
    browser.submit("/app/services", &[("deposit", "30,5")]).await;
    assert_eq!(browser.address, "/app/services");
    assert_eq!(salon.get("/services").await.expect(200)["data"][0]["deposit_rate"], json!(0.305));
}

#[tokio::test]
async fn who_edits_what_another_changed_keeps_the_typing_and_sees_the_change() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(json!({})).await;
    let address = format!("/app/services/{id}");
    let mut browser = Browser::of(&salon).await;
    browser.open(&address).await;
    salon.patch(&format!("/services/{id}")).json(&json!({"name": "Cut & dry"})).await.expect(200);
    browser.submit(&address, &[("price", "55")]).await;
    assert_eq!(browser.page.status, 412);
    assert_eq!(
        (browser.value(&address, "price"), browser.value(&address, "name")),
        ("55.00".replace(".00", ""), "Haircut".into())
    );
    assert!(browser.page.text.contains("Cut &amp; dry"), "{}", browser.page.text);
    assert_eq!(salon.get(&format!("/services/{id}")).await.expect(200)["price_cents"], 4_800);
    // Having seen it, they save.
    browser.submit(&address, &[("name", "Cut & dry")]).await;
    assert_eq!(browser.address, "/app/services");
    let saved = salon.get(&format!("/services/{id}")).await.expect(200);
    assert_eq!((&saved["price_cents"], &saved["name"]), (&json!(5_500), &json!("Cut & dry")));
    // So it is with people and the profile.
    let staff = salon.first_staff().await;
    let address = format!("/app/staff/{staff}");
    browser.open(&address).await;
    salon.patch(&format!("/staff/{staff}")).json(&json!({"name": "Olga O."})).await.expect(200);
    browser.submit(&address, &[("max_daily_bookings", "5")]).await;
    assert_eq!((browser.page.status, browser.value(&address, "max_daily_bookings")), (412, "5".to_owned()));
    assert!(browser.page.text.contains("Olga O."));
    browser.open("/app/settings").await;
    salon.patch("/tenant").json(&json!({"address": "1 rue Neuve"})).await.expect(200);
    browser.submit("/app/settings", &[("name", "Salon Olga")]).await;
    assert_eq!((browser.page.status, browser.value("/app/settings", "name")), (412, "Salon Olga".to_owned()));
    assert!(browser.page.text.contains("1 rue Neuve"));
}

async fn rules(salon: &Salon<'_>, path: &str) -> Vec<(i64, String, String)> {
    let body = salon.get(path).await.expect(200);
    let text = |rule: &Value, name: &str| rule[name].as_str().unwrap().to_owned();
    let rules = body["rules"].as_array().unwrap().iter();
    rules.map(|rule| (rule["weekday"].as_i64().unwrap(), text(rule, "start"), text(rule, "end"))).collect()
}

#[tokio::test]
async fn hours_come_and_go_by_buttons_and_nothing_is_saved_before_it_is_said() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let before = rules(&salon, "/opening-rules").await;
    let mut browser = Browser::of(&salon).await;
    browser.open("/app/hours").await;
    browser.press("/app/hours", ("do", "add-break-1"), &[]).await;
    browser.press("/app/hours", ("do", "copy-1"), &[("to", "6")]).await;
    browser.press("/app/hours", ("do", "remove-open-5-0"), &[]).await;
    browser.press("/app/hours", ("do", "add-open-1"), &[]).await;
    assert_eq!(rules(&salon, "/opening-rules").await, before);
    // A row that makes no sense is marked, and everything stays.
    browser.press("/app/hours", ("do", "save"), &[("open-6-start", "19:00")]).await;
    assert_eq!(browser.page.status, 422);
    assert!(browser.page.text.contains("href=\"#f-open-6-0\""), "{}", browser.page.text);
    assert_eq!(browser.value("/app/hours", "open-6-start"), "19:00");
    browser.press("/app/hours", ("do", "save"), &[("open-6-start", "09:00"), ("open-6-end", "00:00")]).await;
    assert_eq!((browser.page.status, browser.address.as_str()), (200, "/app/hours"), "{}", browser.page.text);
    let after = rules(&salon, "/opening-rules").await;
    assert!(after.contains(&(6, "09:00".to_owned(), "24:00".to_owned())), "{after:?}");
    assert!(after.iter().all(|(day, ..)| *day != 5), "{after:?}");
    let pause = |day| (day, "12:00".to_owned(), "13:00".to_owned());
    assert_eq!(rules(&salon, "/break-rules").await, [pause(1), pause(6)]);
    // Somebody else saved meanwhile.
    browser.open("/app/hours").await;
    salon.put("/opening-rules").json(&json!({"rules": []})).await.expect(200);
    browser.press("/app/hours", ("do", "save"), &[]).await;
    assert_eq!(browser.page.status, 412);
    assert_eq!(rules(&salon, "/opening-rules").await, []);
    browser.press("/app/hours", ("do", "save"), &[]).await;
    assert_eq!(rules(&salon, "/opening-rules").await, after);
}

#[tokio::test]
async fn a_staff_member_has_hours_and_days_off_of_their_own() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::of(&salon).await;
    browser.open("/app/staff/new").await;
    browser.submit("/app/staff", &[("name", "Bea"), ("email", "nonsense")]).await;
    assert_eq!((browser.page.status, browser.value("/app/staff", "name")), (422, "Bea".to_owned()));
    browser.submit("/app/staff", &[("email", "bea@salon.example")]).await;
    assert_eq!(browser.address, "/app/staff");
    let staff = salon.get("/staff").await.expect(200)["data"][1]["id"].as_str().unwrap().to_owned();
    let address = format!("/app/hours?staff_id={staff}");
    browser.open(&address).await;
    assert!(browser.page.text.contains("Follows the hours of the business"));
    browser.press("/app/hours", ("do", "add-open-2"), &[]).await;
    browser.press("/app/hours", ("do", "save"), &[]).await;
    assert_eq!(browser.address, address);
    let own = rules(&salon, &format!("/opening-rules?staff_id={staff}")).await;
    assert_eq!(own, [(2, "09:00".to_owned(), "18:00".to_owned())]);
    browser.submit("/app/closures", &[("starts_on", ""), ("reason", "Holidays")]).await;
    assert_eq!((browser.page.status, browser.value("/app/closures", "reason")), (422, "Holidays".to_owned()));
    browser.submit("/app/closures", &[("starts_on", "2030-04-01"), ("ends_on", "2030-04-05")]).await;
    browser
        .submit("/app/openings", &[("date", "2030-04-06"), ("opens_at", "09:00"), ("closes_at", "12:00")])
        .await;
    let closure = salon.get("/closures").await.expect(200)["data"][0].clone();
    assert_eq!((&closure["staff_id"], &closure["ends_on"]), (&json!(staff), &json!("2030-04-05")));
    assert_eq!(salon.get("/openings").await.expect(200)["data"][0]["start"], "09:00");
    let id = closure["id"].as_str().unwrap();
    browser.submit(&format!("/app/closures/{id}/remove"), &[]).await;
    assert_eq!(
        (browser.address.clone(), salon.get("/closures").await.expect(200)["data"].clone()),
        (address, json!([]))
    );
    // The last who can be booked stays.
    browser.open(&format!("/app/staff/{staff}")).await;
    browser.submit(&format!("/app/staff/{staff}/archive"), &[]).await;
    let first = salon.first_staff().await;
    browser.open(&format!("/app/staff/{first}")).await;
    browser.submit(&format!("/app/staff/{first}/archive"), &[]).await;
    assert!(browser.page.text.contains("Somebody has to stay bookable"), "{}", browser.page.text);
    browser.open("/app/staff?archived=1").await;
    browser.submit(&format!("/app/staff/{staff}/restore"), &[]).await;
    assert_eq!(salon.get("/staff").await.expect(200)["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_profile_a_colour_and_an_address_are_changed() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    app.tenant("other").await;
    let mut browser = Browser::of(&salon).await;
    browser.open("/app/settings").await;
    browser
        .submit("/app/settings", &[("name", "Salon Olga"), ("phone", "12"), ("timezone", "Europe/Rome")])
        .await;
    assert_eq!((browser.page.status, browser.value("/app/settings", "phone")), (422, "12".to_owned()));
    browser.submit("/app/settings", &[("phone", "01 44 55 66 77")]).await;
    let tenant = salon.get("/tenant").await.expect(200);
    assert_eq!(
        (&tenant["name"], &tenant["timezone"], &tenant["phone"]),
        (&json!("Salon Olga"), &json!("Europe/Rome"), &json!("+33144556677"))
    );
    // Shown as it is written at home, it is sent back as the number that it was; links have the number itself.
    browser.open("/app/settings").await;
    assert_eq!(browser.value("/app/settings", "phone"), "01 44 55 66 77");
    let told =
        [("about", "We cut\nand we talk."), ("legal_name", "Olga SARL"), ("siret", "732 829 320 00074")];
    browser.submit("/app/settings", &told).await;
    let tenant = salon.get("/tenant").await.expect(200);
    assert_eq!((&tenant["phone"], &tenant["siret"]), (&json!("+33144556677"), &json!("73282932000074")));
    for (path, told) in [("/salon", "and we talk."), ("/salon/legal", "Olga SARL")] {
        assert!(browser.open(path).await.text.contains(told), "{path}: {}", browser.page.text);
    }
    let home = browser.open("/salon").await;
    assert!(home.text.contains("href=\"tel:+33144556677\">01 44 55 66 77</a>"), "{}", home.text);
    // Tried, the page wears the colour; only saved, the tenant does.
    browser.open("/app/settings/brand").await;
    browser.submit("/app/settings/brand", &[("accent_color", "#b4235a")]).await;
    assert!(browser.page.text.contains("You are trying this colour"));
    assert_eq!(salon.get("/tenant").await.expect(200)["accent_color"], Value::Null);
    let token = browser.value("/app/settings/brand", "accent_color");
    assert_eq!(token, "#b4235a");
    browser.open("/app/settings/link").await;
    browser.submit("/app/settings/link", &[("slug", "other")]).await;
    assert_eq!(browser.page.status, 409);
    browser.submit("/app/settings/link", &[("slug", "Salon-Olga")]).await;
    assert_eq!(browser.address, "/app/settings/link");
    assert_eq!(salon.get("/tenant").await.expect(200)["slug"], "salon-olga");
    assert_eq!(browser.open("/salon-olga").await.status, 200);
    // What is printed on cards still leads there, and nobody else gets it.
    for old in ["/salon", "/Salon", "/salon/", "/SALON-olga/book/", "/salon/terms?lang=en"] {
        browser.open(old).await;
        assert!(browser.page.status == 200 && browser.address.starts_with("/salon-olga"), "{old}");
    }
    let taken = testkit::sign_up("salon", "Europe/Paris");
    let taken = app.post("/auth/register").json(&taken).await;
    taken.refused(409, "SLUG_TAKEN");
    browser.open("/app/settings/link").await;
    browser.submit("/app/settings/link", &[("slug", "salon")]).await;
    assert_eq!((browser.open("/salon-olga").await.status, browser.address.as_str()), (200, "/salon"));
    browser.open("/app/settings/link").await;
    let code = browser.open("/app/settings/link/qr.svg").await;
    assert_eq!((code.status, code.header("content-type")), (200, "image/svg+xml"));
    let plan = browser.open("/app/plan").await;
    assert!(plan.text.contains("0 of 50"), "{}", plan.text);
}

#[tokio::test]
async fn a_user_opens_another_business_and_goes_back() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::of(&salon).await;
    browser.open("/app/tenants/new").await;
    browser.submit("/app/tenants/new", &[("tenant_name", "Second"), ("slug", "salon")]).await;
    assert_eq!(
        (browser.page.status, browser.value("/app/tenants/new", "tenant_name")),
        (409, "Second".to_owned())
    );
    browser.submit("/app/tenants/new", &[("slug", "")]).await;
    assert_eq!(browser.address, "/app");
    assert!(browser.page.text.contains("Second"));
    browser.open("/app/services/new").await;
    browser.submit("/app/services", &[("name", "Only here"), ("price", "1")]).await;
    assert_eq!(salon.get("/services").await.expect(200)["data"], json!([]));
    browser.open("/app").await;
    let switch = format!("/app/tenants/{}/switch", salon.id);
    browser.submit(&switch, &[]).await;
    browser.open("/app/services").await;
    assert!(!browser.page.text.contains("Only here"));
    // To no tenant that is not theirs.
    let other = app.tenant("other").await;
    browser.open("/app").await;
    let token = browser.value("/logout", "csrf");
    let stranger = format!("/app/tenants/{}/switch", other.id);
    let answer = browser.request("POST", &stranger).form(&[("csrf", &token)]).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_form_of_one_business_changes_nothing_in_another() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut browser = Browser::of(&salon).await;
    let path = "/app/customers/new";
    browser.open(path).await;
    let hidden = ["csrf", "tenant_id"].map(|name| browser.value(path, name));
    // In another window.
    browser.open("/app/tenants/new").await;
    browser.submit("/app/tenants/new", &[("tenant_name", "Second")]).await;
    let typed = [
        ("csrf", hidden[0].as_str()),
        ("tenant_id", hidden[1].as_str()),
        ("name", "Zoe"),
        ("email", "zoe@customer.example"),
    ];
    let late = browser.request("POST", path).form(&typed).await;
    assert_eq!(late.status, 403);
    assert!(late.text.contains("This page is too old"), "{}", late.text);
    assert!(!browser.open("/app/customers").await.text.contains("Zoe"));
    // What is done as a user is done from any page of theirs: back, and the form is as good as it was.
    let back = format!("/app/tenants/{}/switch", salon.id);
    assert_eq!(browser.request("POST", &back).form(&[("csrf", &hidden[0])]).await.status, 303);
    assert_eq!(browser.request("POST", path).form(&typed).await.status, 303);
    assert_eq!(salon.get("/customers").await.expect(200)["data"][0]["name"], "Zoe");
}

#[tokio::test]
async fn what_a_role_may_not_do_is_not_offered() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(json!({})).await;
    let browser = Browser::member(&salon, Role::Viewer).await;
    for (path, missing) in [
        ("/app/services".to_owned(), "/app/services/new"),
        (format!("/app/services/{id}"), "/archive"),
        ("/app/staff".to_owned(), "/app/staff/new"),
        ("/app/hours".to_owned(), "add-open-1"),
        ("/app/settings".to_owned(), ">Save<"),
    ] {
        let page = browser.request("GET", &path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.text.contains(missing), "{path} offers {missing}");
    }
    assert_eq!(id_in(&format!("/app/services/{id}/x"), "/app/services/"), id);
}
