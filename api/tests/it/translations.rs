//! Services and questions in another language than the tenant's: customers read theirs, the team its own.

use serde_json::{Value, json};
use testkit::{Browser, Salon, TestApp};

const TEN: &str = "2030-03-05T10:00:00Z";

/// A tenant that speaks French, with a service that says in English what it is.
async fn house(app: &TestApp) -> (Salon<'_>, String) {
    let salon = app.tenant_in("maison", "UTC").await;
    salon.set_plan("pro").await;
    salon.patch("/tenant").json(&json!({"locale": "fr"})).await.expect(200);
    let english = json!({"name": "Haircut", "category": "Cuts", "description": "Washed and styled."});
    let fields = json!({"name": "Coupe", "category": "Coupes", "description": "Avec shampoing.",
        "translations": {"en": english}});
    let cut = salon.service(fields).await;
    (salon, cut)
}

fn in_english(mut booking: Value) -> Value {
    booking["locale"] = json!("en");
    booking
}

fn names(list: &Value) -> Vec<(&Value, &Value, &Value)> {
    let services = list["data"].as_array().unwrap();
    services.iter().map(|one| (&one["name"], &one["category"], &one["description"])).collect()
}

#[tokio::test]
async fn a_list_is_in_the_language_that_is_asked_for() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, cut) = house(&app).await;
    salon.service(json!({"name": "Frange", "category": "Coupes"})).await;
    let list = async |locale: &str| {
        let query: &[(&str, &str)] = if locale.is_empty() { &[] } else { &[("locale", locale)] };
        salon.public("GET", "/services").query(query).await
    };
    let french = list("").await.expect(200);
    assert_eq!(names(&french)[0], (&json!("Coupe"), &json!("Coupes"), &json!("Avec shampoing.")));
    assert_eq!(names(&list("fr").await.expect(200)), names(&french));
    let english = list("en").await.expect(200);
    assert_eq!(names(&english)[0], (&json!("Haircut"), &json!("Cuts"), &json!("Washed and styled.")));
    // Its category was said in English once; the rest of it was not.
    assert_eq!(names(&english)[1], (&json!("Frange"), &json!("Cuts"), &Value::Null));
    list("de").await.refused(422, "INVALID");

    let first = salon.public("GET", "/services").query(&[("locale", "en"), ("limit", "1")]).await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let query = [("locale", "en"), ("limit", "1"), ("cursor", cursor)];
    assert_eq!(
        salon.public("GET", "/services").query(&query).await.expect(200)["data"][0]["category"],
        "Cuts"
    );

    // What is not named stays, what is named goes as a whole, and what says nothing is not kept.
    let path = format!("/services/{cut}");
    let changed = salon.patch(&path).json(&json!({"price_cents": 5_000})).await.expect(200);
    assert_eq!(changed["translations"]["en"]["name"], "Haircut");
    let words = json!({"translations": {"en": {"name": " "}, "fr": {"name": "Coupe en français"}}});
    let changed = salon.patch(&path).json(&words).await.expect(200);
    assert_eq!(changed["translations"], json!({"fr": {"name": "Coupe en français"}}));
    for (words, pointer) in [
        (json!({"en": {"name": "x".repeat(256)}}), "/translations/en/name"),
        (json!({"en": {"name": "See www.example.org"}}), "/translations/en/name"),
        (json!({"en": {"description": "a\u{0}b"}}), "/translations/en/description"),
    ] {
        let refused = salon.patch(&path).json(&json!({"translations": words})).await.refused(422, "INVALID");
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    for words in [json!({"de": {"name": "Schnitt"}}), json!({"en": {"title": "Cut"}}), json!(null)] {
        salon.patch(&path).json(&json!({"translations": words})).await.refused(422, "INVALID");
    }
}

#[tokio::test]
async fn customers_are_told_in_their_language_and_the_team_in_its_own() {
    let app = TestApp::start().await;
    let (salon, _) = house(&app).await;
    let booked =
        salon.public("POST", "/bookings").json(&in_english(salon.booking("Ana", TEN))).await.expect(201);
    assert_eq!(booked["service"]["name"], "Haircut");
    let french = salon.book("Bob", "2030-03-05T12:00:00Z").await.expect(201);
    assert_eq!(french["service"]["name"], "Coupe");
    let found = salon.get("/bookings").await.expect(200);
    let known: Vec<_> = found["data"].as_array().unwrap().iter().map(|one| &one["service"]["name"]).collect();
    assert_eq!(known, ["Coupe", "Coupe"]);

    app.run_jobs().await;
    let mails = app.mails().await;
    let mail =
        |to: &str| mails.iter().find(|mail| mail.to.contains(to) && !mail.attachments.is_empty()).unwrap();
    let (ana, bob) = (mail("ana@"), mail("bob@"));
    assert!(ana.text.contains("Haircut") && !ana.text.contains("Coupe"), "{}", ana.text);
    assert!(bob.text.contains("Coupe") && !bob.text.contains("Haircut"), "{}", bob.text);
    let invitation = ana.attachments.iter().find(|file| file.name == "invite.ics").unwrap();
    assert!(String::from_utf8_lossy(&invitation.bytes).contains("SUMMARY:Haircut"));

    // What was booked keeps its name, as it keeps its price.
    let id = salon.get("/services").await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
    let renamed = json!({"name": "Taille", "translations": {}});
    salon.patch(&format!("/services/{id}")).json(&renamed).await.expect(200);
    let url = booked["manage_url"].as_str().unwrap();
    let path = format!("/manage/{}", url.split_once("/manage/").unwrap().1);
    let page = app.request("GET", &path).await;
    assert!(page.text.contains("Haircut") && !page.text.contains("Coupe"), "{}", page.text);

    // Where the team looks, it stands as the team knows it.
    let staff = salon.first_staff().await;
    let shows = json!({"shows_details": true});
    let opened = salon.post(&format!("/staff/{staff}/calendar-feed")).json(&shows).await.expect(201);
    let feed = opened["url"].as_str().unwrap().split_once("/ical/").unwrap().1.to_owned();
    let feed = app.request("GET", &format!("/ical/{feed}")).await.text;
    assert!(feed.contains("Coupe") && !feed.contains("Haircut"), "{feed}");
    let calendar = Browser::of(&salon).await.open("/app/calendar?date=2030-03-05&lang=en").await.text.clone();
    assert!(calendar.contains("Coupe") && !calendar.contains("Haircut"));
}

#[tokio::test]
async fn a_visit_and_the_waitlist_speak_the_customers_language() {
    let app = TestApp::start().await;
    let (salon, cut) = house(&app).await;
    let beard = salon.service(json!({"name": "Barbe"})).await;
    let mut visit = in_english(salon.booking("Ana", TEN));
    visit["service_id"] = json!(cut);
    visit["then"] = json!([{"service_id": beard}]);
    let booked = salon.public("POST", "/bookings").json(&visit).await.expect(201);
    assert_eq!(booked["service"]["name"], "Haircut + Barbe");
    let parts: Vec<_> =
        booked["services"].as_array().unwrap().iter().map(|one| &one["service"]["name"]).collect();
    assert_eq!(parts, ["Haircut", "Barbe"]);
    let found = salon.get("/bookings").await.expect(200);
    assert_eq!(found["data"][0]["service"]["name"], "Coupe");

    let waiting = json!({"service_id": cut, "from": "2030-03-06", "to": "2030-03-06", "locale": "en",
        "customer": {"name": "Eva", "email": "eva@customer.example"}});
    salon.public("POST", "/waitlist").json(&waiting).await.expect(201);
    assert_eq!(salon.get("/waitlist").await.expect(200)["data"][0]["service"]["name"], "Coupe");
    app.run_jobs().await;
    let mails = app.mails().await;
    let eva = mails.iter().find(|mail| mail.to.contains("eva@")).unwrap();
    assert!(eva.text.contains("Haircut") && !eva.text.contains("Coupe"), "{}", eva.text);
    let link = eva.text.split_once("/waitlist/").unwrap().1.split_whitespace().next().unwrap();
    let page = app.request("GET", &format!("/waitlist/{link}")).await;
    assert!(page.text.contains("Haircut") && !page.text.contains("Coupe"), "{}", page.text);
}

#[tokio::test]
async fn questions_are_asked_in_the_language_of_the_page() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, cut) = house(&app).await;
    let english = json!({"label": "How long is it?", "help": "Today.", "options": ["Short", "Long"]});
    let question = json!({"kind": "choice", "label": "Quelle longueur ?", "options": ["Courts", "Longs"],
        "translations": {"en": english}});
    let agreed = json!({"kind": "consent", "label": "Je suis d’accord", "translations":
        {"en": {"label": "I agree"}}});
    let path = format!("/services/{cut}/questions");
    let asked = salon.put(&path).json(&json!({"questions": [question, agreed]})).await.expect(200);
    assert_eq!(asked["questions"][0]["translations"]["en"]["options"], json!(["Short", "Long"]));
    let [length, consent] = [0, 1].map(|place| asked["questions"][place]["id"].as_str().unwrap().to_owned());

    let list = salon.public("GET", "/services").query(&[("locale", "en")]).await.expect(200);
    let told = &list["data"][0]["questions"][0];
    assert_eq!((&told["label"], &told["help"]), (&json!("How long is it?"), &json!("Today.")));
    assert_eq!(
        (&told["options"], &told["option_labels"]),
        (&json!(["Courts", "Longs"]), &json!(["Short", "Long"]))
    );

    // On the page: read in English, chosen by its own name.
    let mut browser = Browser::new(&app);
    let book = format!("/{}/book", salon.slug);
    let page = browser.open(&format!("{book}/details?service_id={cut}&start={TEN}&lang=en")).await;
    for text in ["Haircut", "How long is it?", "Today.", "value=\"Longs\"", "<span>Long</span>", "I agree"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    assert!(!page.text.contains("Quelle longueur") && !page.text.contains("<span>Longs</span>"));
    let (length_input, consent_input) = (format!("answer_{length}"), format!("answer_{consent}"));
    let fields = [
        ("name", "Ana"),
        ("email", "ana@customer.example"),
        (length_input.as_str(), "Longs"),
        (&consent_input, "on"),
    ];
    browser.submit(&book, &fields).await;
    assert!(browser.address.starts_with("/manage/"), "{}", browser.page.text);
    let page = &browser.page.text;
    assert!(
        page.contains("How long is it?") && page.contains("I agree") && !page.contains("Longs"),
        "{page}"
    );

    // The team reads its own words, and what was agreed to is kept as it was read.
    let answers = &salon.get("/bookings").await.expect(200)["data"][0]["answers"];
    assert_eq!((&answers[0]["label"], &answers[0]["value"]), (&json!("Quelle longueur ?"), &json!("Longs")));
    assert_eq!(answers[1]["told"], "I agree");

    for (words, pointer) in [
        (json!({"options": ["Short"]}), "/questions/0/translations/en/options"),
        (json!({"options": ["Short", "Short"]}), "/questions/0/translations/en/options/1"),
        (json!({"options": ["Short", " "]}), "/questions/0/translations/en/options/1"),
        (json!({"label": "x".repeat(201)}), "/questions/0/translations/en/label"),
    ] {
        let question =
            json!({"kind": "choice", "label": "?", "options": ["a", "b"], "translations": {"en": words}});
        let refused = salon.put(&path).json(&json!({"questions": [question]})).await.refused(422, "INVALID");
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test]
async fn forms_ask_for_the_other_language_and_keep_what_is_said_in_it() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, cut) = house(&app).await;
    let mut browser = Browser::of(&salon).await;
    let path = format!("/app/services/{cut}");
    browser.open(&format!("{path}?lang=en")).await;
    assert_eq!(browser.value(&path, "name-en"), "Haircut");
    assert!(!browser.page.text.contains("name=\"name-fr\""));
    browser.submit(&path, &[("name-en", "See www.example.org")]).await;
    assert!(browser.page.text.contains("id=\"f-name-en\"") && browser.page.text.contains("is-invalid"));
    browser.submit(&path, &[("name-en", "Trim"), ("category-en", "")]).await;
    let kept = &salon.get("/services").await.expect(200)["data"][0];
    assert_eq!(kept["translations"], json!({"en": {"name": "Trim", "description": "Washed and styled."}}));

    let path = format!("{path}/questions");
    browser.open(&path).await;
    let question = [
        ("label-0", "Quelle longueur ?"),
        ("kind-0", "choice"),
        ("options-0", "Courts\nLongs"),
        ("label-en-0", "How long?"),
        ("options-en-0", "Short"),
    ];
    let only_in_english = [("label-en-0", "How long?")];
    browser.press(&path, ("do", "save"), &only_in_english).await;
    assert!(browser.page.text.contains("f-label-0") && browser.page.text.contains("is-invalid"));
    browser.press(&path, ("do", "save"), &question).await;
    assert!(browser.page.text.contains("f-options-en-0") && browser.page.text.contains("is-invalid"));
    browser.press(&path, ("do", "save"), &[("options-en-0", "Short\nLong")]).await;
    let asked = salon.get(&format!("/services/{cut}/questions")).await.expect(200);
    let words = &asked["questions"][0]["translations"];
    assert_eq!(*words, json!({"en": {"label": "How long?", "options": ["Short", "Long"]}}));
}
