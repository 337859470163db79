//! What services ask, what customers answer, and what becomes of both.

use chrono::TimeDelta;
use domain::access::Role;
use serde_json::{Value, json};
use testkit::{Answer, Browser, Salon, TestApp};

const TEN: &str = "2030-03-05T10:00:00Z";
const ELEVEN: &str = "2030-03-05T11:00:00Z";
const PDF: &[u8] = b"%PDF-1.7 a picture of it";

/// A service that asks one of each kind; the text is required. Its questions by kind.
struct Studio<'a> {
    salon: Salon<'a>,
    service: String,
    questions: Vec<(String, String)>,
}

fn questions() -> Value {
    json!({"questions": [
        {"kind": "text", "label": "What shall we photograph?", "required": true, "help": "In a few words."},
        {"kind": "long_text", "label": "Anything else?"},
        {"kind": "choice", "label": "Where?", "options": ["Studio", "Outside"]},
        {"kind": "choices", "label": "Which light?", "options": ["Morning", "Noon", "Evening"]},
        {"kind": "number", "label": "How many?", "min": 1, "max": 12},
        {"kind": "date", "label": "By when?"},
        {"kind": "file", "label": "Like what?"},
        {"kind": "consent", "label": "You may show them"},
    ]})
}

impl<'a> Studio<'a> {
    async fn open(app: &'a TestApp) -> Self {
        let salon = app.tenant("studio").await;
        let service = salon.service(json!({"name": "Portrait"})).await;
        let mut studio = Self { salon, service, questions: Vec::new() };
        studio.ask(questions()).await.expect(200);
        studio
    }

    async fn ask(&mut self, body: Value) -> Answer {
        let path = format!("/services/{}/questions", self.service);
        let answer = self.salon.put(&path).json(&body).await;
        if answer.status == 200 {
            let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
            let asked = answer.body["questions"].as_array().unwrap();
            self.questions = asked.iter().map(|one| (text(one, "kind"), text(one, "id"))).collect();
        }
        answer
    }

    fn id(&self, kind: &str) -> &str {
        &self.questions.iter().find(|(known, _)| known == kind).unwrap().1
    }

    fn booking(&self, name: &str, start: &str, answers: &[(&str, Value)]) -> Value {
        let mut body = self.salon.booking(name, start);
        let answers = answers.iter().map(|(kind, value)| (self.id(kind).to_owned(), value.clone()));
        body["answers"] = Value::Object(answers.collect());
        body
    }

    async fn book(&self, name: &str, start: &str, answers: &[(&str, Value)]) -> Answer {
        self.salon.public("POST", "/bookings").json(&self.booking(name, start, answers)).await
    }

    async fn send(&self, content_type: &str, bytes: &[u8]) -> Answer {
        let path = format!("/questions/{}/files", self.id("file"));
        self.salon.public("POST", &path).file(content_type, bytes).await
    }

    async fn find(&self, q: &str) -> Vec<Value> {
        let found = self.salon.get("/bookings").query(&[("q", q)]).await.expect(200);
        found["data"].as_array().unwrap().clone()
    }

    async fn used_bytes(&self) -> u64 {
        let plan = self.salon.get("/plan").await.expect(200);
        let limits = plan["limits"].as_array().unwrap();
        limits.iter().find(|one| one["limit"] == "storage_bytes").unwrap()["used"].as_u64().unwrap()
    }
}

#[tokio::test]
async fn what_is_asked_is_answered_kept_and_found() {
    let app = TestApp::start().await.ignore_jobs();
    let mut studio = Studio::open(&app).await;
    let public = studio.salon.public("GET", "/services").await.expect(200);
    let asked = &public["data"][0]["questions"];
    assert_eq!(asked.as_array().unwrap().len(), 8);
    assert_eq!((&asked[0]["required"], &asked[2]["options"]), (&json!(true), &json!(["Studio", "Outside"])));
    assert_eq!(asked[0].get("active"), None);
    let sent = studio.send("application/pdf", PDF).await.expect(201);
    assert_eq!((&sent["name"], &sent["size_bytes"]), (&json!("file.pdf"), &json!(PDF.len())));
    let answers = [
        ("text", json!(" A wedding ")),
        ("long_text", json!("Twins,\nvery shy")),
        ("choice", json!("Outside")),
        ("choices", json!(["Evening", "Morning"])),
        ("number", json!(2.5)),
        ("date", json!("2030-06-01")),
        ("file", sent["id"].clone()),
        ("consent", json!(true)),
    ];
    studio.book("Ana", TEN, &answers).await.expect(201);
    // Found by words of the answers, of one booking all of them.
    studio.book("Bob", ELEVEN, &[("text", json!("A dog"))]).await.expect(201);
    for (q, name) in [("wedd", "Ana"), ("twins outside", "Ana"), ("DOG", "Bob"), ("evening shy", "Ana")] {
        let found = studio.find(q).await;
        assert_eq!(found.len(), 1, "{q}");
        assert_eq!(found[0]["customer"]["name"], name, "{q}");
    }
    assert!(studio.find("twins dog").await.is_empty());
    let searched = studio.salon.get("/search").query(&[("q", "wedding")]).await.expect(200);
    assert_eq!(searched["bookings"].as_array().unwrap().len(), 1, "{searched}");
    // What was answered keeps its words, whatever becomes of the questions.
    let mut changed = questions();
    changed["questions"][0]["label"] = json!("Topic");
    changed["questions"][0]["id"] = json!(studio.id("text"));
    changed["questions"].as_array_mut().unwrap().truncate(1);
    studio.ask(changed).await.expect(200);
    let ana = &studio.find("wedding").await[0];
    let told: Vec<(&str, &Value)> = ana["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["label"].as_str().unwrap(), &one["value"]))
        .collect();
    assert_eq!(told[0], ("What shall we photograph?", &json!("A wedding")));
    assert_eq!(told[1].1, "Twins,\nvery shy");
    assert_eq!(told[3].1, &json!(["Morning", "Evening"]));
    assert_eq!((told[4].1, told[5].1, told[7].1), (&json!(2.5), &json!("2030-06-01"), &json!(true)));
    assert_eq!((&told[6].1["name"], &told[6].1["size_bytes"]), (&json!("file.pdf"), &json!(PDF.len())));
    // Customers are told nothing of it by code and address.
    let lookup = [("code", ana["public_code"].as_str().unwrap()), ("email", "ana@customer.example")];
    let looked = studio.salon.public("GET", "/bookings").query(&lookup).await.expect(200);
    assert_eq!(looked.get("answers"), None);
}

#[tokio::test]
async fn what_is_wrong_is_told_where_it_is_and_nothing_is_booked() {
    let app = TestApp::start().await.ignore_jobs();
    let studio = Studio::open(&app).await;
    let other = app.tenant("other").await;
    let elsewhere = other.service(json!({})).await;
    let asked = other.put(&format!("/services/{elsewhere}/questions")).json(&questions()).await.expect(200);
    let refused = studio.book("Ana", TEN, &[]).await;
    let body = refused.refused(422, "INVALID");
    assert_eq!(body["errors"][0]["pointer"], format!("/answers/{}", studio.id("text")));
    assert_eq!(body["errors"][0]["code"], "REQUIRED");
    let dog = ("text", json!("A dog"));
    for (kind, value, code) in [
        ("text", json!("x".repeat(201)), "INVALID"),
        ("text", json!("a\u{0}b"), "INVALID"),
        ("text", json!(1), "INVALID"),
        ("long_text", json!("x".repeat(3_000)), "INVALID"),
        ("choice", json!("Moon"), "UNKNOWN"),
        ("choices", json!(["Morning", "Midnight"]), "UNKNOWN"),
        ("number", json!("NaN"), "INVALID"),
        ("number", json!(1e300), "INVALID"),
        ("number", json!(0), "TOO_SMALL"),
        ("number", json!(13), "TOO_LARGE"),
        ("date", json!("0000-01-01"), "INVALID"),
        ("date", json!("2030-02-30"), "INVALID"),
        ("consent", json!("yes"), "INVALID"),
        ("file", json!("../x"), "INVALID"),
        ("file", json!("019c0000-0000-7000-8000-000000000000"), "UNKNOWN"),
    ] {
        let answers = if kind == "text" {
            vec![(kind, value.clone())]
        } else {
            vec![dog.clone(), (kind, value.clone())]
        };
        let body = studio.book("Ana", TEN, &answers).await.refused(422, "INVALID");
        let error = (&body["errors"][0]["pointer"], &body["errors"][0]["code"]);
        assert_eq!(error, (&json!(format!("/answers/{}", studio.id(kind))), &json!(code)), "{kind} {value}");
    }
    // Questions of others, and none at all.
    for id in
        [asked["questions"][0]["id"].as_str().unwrap(), "019c0000-0000-7000-8000-000000000000", "<script>"]
    {
        let mut body = studio.booking("Ana", TEN, std::slice::from_ref(&dog));
        body["answers"][id] = json!("x");
        let told = studio.salon.public("POST", "/bookings").json(&body).await.refused(422, "INVALID");
        assert_eq!(told["errors"][0]["code"], "UNKNOWN");
        assert!(!told.to_string().contains("<script>"));
    }
    assert!(studio.find("Ana").await.is_empty());
    // The desk may not know.
    studio.salon.post("/bookings").json(&studio.salon.booking("Ana", TEN)).await.expect(201);
    let wrong = studio.booking("Bob", ELEVEN, &[("choice", json!("Moon"))]);
    studio.salon.post("/bookings").json(&wrong).await.refused(422, "INVALID");
    let right = studio.booking("Bob", ELEVEN, &[("choice", json!("Studio"))]);
    assert_eq!(
        studio.salon.post("/bookings").json(&right).await.expect(201)["answers"][0]["value"],
        "Studio"
    );
}

#[tokio::test]
async fn questions_are_a_managers_and_bounded() {
    let app = TestApp::start().await.ignore_jobs();
    let mut studio = Studio::open(&app).await;
    let many: Vec<Value> = (0..200).map(|n| json!({"kind": "text", "label": format!("Q{n}")})).collect();
    studio.ask(json!({"questions": many})).await.refused(422, "INVALID");
    for (wrong, pointer) in [
        (json!({"kind": "text", "label": " "}), "/questions/0/label"),
        (json!({"kind": "text", "label": "x".repeat(201)}), "/questions/0/label"),
        (json!({"kind": "choice", "label": "x", "options": ["a"]}), "/questions/0/options"),
        (json!({"kind": "choice", "label": "x", "options": ["a", "a"]}), "/questions/0/options/1"),
        (json!({"kind": "number", "label": "x", "min": 2, "max": 1}), "/questions/0/max"),
        (
            json!({"kind": "text", "label": "x", "id": "019c0000-0000-7000-8000-000000000000"}),
            "/questions/0/id",
        ),
    ] {
        let body = studio.ask(json!({"questions": [wrong]})).await.refused(422, "INVALID");
        assert_eq!(body["errors"][0]["pointer"], pointer);
    }
    studio.ask(json!({"questions": [{"kind": "riddle", "label": "x"}]})).await.refused(422, "INVALID");
    // In the order they come, those that are there by their ids; one that is not asked is kept.
    let path = format!("/services/{}/questions", studio.service);
    let (text, number) = (studio.id("text").to_owned(), studio.id("number").to_owned());
    let kept = json!({"questions": [
        {"id": number, "kind": "number", "label": "How many?", "min": 0.5},
        {"id": text, "kind": "text", "label": "What?", "active": false, "required": true},
    ]});
    let version = studio.salon.get(&path).await.header("etag").to_owned();
    let saved = studio.salon.put(&path).header("if-match", &version).json(&kept).await.expect(200);
    assert_eq!(saved["questions"][0]["id"], number);
    assert_eq!(
        (&saved["questions"][0]["min"], &saved["questions"][1]["active"]),
        (&json!(0.5), &json!(false))
    );
    studio.salon.put(&path).header("if-match", &version).json(&kept).await.refused(412, "VERSION_MISMATCH");
    let public = studio.salon.public("GET", "/services").await.expect(200);
    assert_eq!(public["data"][0]["questions"].as_array().unwrap().len(), 1);
    studio.questions.clear();
    studio.salon.public("POST", "/bookings").json(&studio.salon.booking("Ana", TEN)).await.expect(201);
    let staff = studio.salon.member(Role::Staff).await;
    app.get(&path).bearer(&staff).await.expect(200);
    app.put(&path).bearer(&staff).json(&kept).await.refused(403, "FORBIDDEN");
}

#[tokio::test]
async fn a_file_is_what_it_holds_and_is_read_by_members_alone() {
    let app = TestApp::start().await.ignore_jobs();
    let studio = Studio::open(&app).await;
    for (content_type, bytes) in [
        ("application/pdf", &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..]),
        ("image/png", b"MZ\x90\x00"),
        ("image/jpeg", b"<!doctype html>"),
    ] {
        assert_eq!(
            studio.send(content_type, bytes).await.refused(422, "INVALID")["errors"][0]["code"],
            "UNSUPPORTED"
        );
    }
    studio.send("text/html", b"x").await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    studio
        .send("application/pdf", &[b"%PDF-".as_slice(), &vec![b'x'; 11 << 20]].concat())
        .await
        .refused(413, "BODY_TOO_LARGE");
    let text = format!("/questions/{}/files", studio.id("text"));
    studio.salon.public("POST", &text).file("application/pdf", PDF).await.refused(404, "NOT_FOUND");
    // What it is called and said to be is nothing; what it holds is.
    let gif = [b"GIF89a".as_slice(), b"\x01\x00\x01\x00<script>alert(1)</script>"].concat();
    let path = format!("/questions/{}/files", studio.id("file"));
    let form = studio.salon.public("POST", &path);
    let sent = form.form_with_file(&[], "../../<b>me</b>.html", "text/html", &gif).await.expect(201);
    let file = sent["id"].as_str().unwrap().to_owned();
    assert!(sent["name"].to_string().contains(".gif") && !sent["name"].to_string().contains('<'), "{sent}");
    // Nobody's until it is booked with.
    studio.salon.get(&format!("/intake-files/{file}")).await.refused(404, "NOT_FOUND");
    let before = studio.used_bytes().await;
    let answers = [("text", json!("A dog")), ("file", json!(file))];
    studio.book("Ana", TEN, &answers).await.expect(201);
    assert_eq!(studio.used_bytes().await - before, u64::try_from(gif.len()).unwrap());
    let got = studio.salon.get(&format!("/intake-files/{file}")).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.header("content-type"), "image/gif");
    assert!(
        got.header("content-disposition").starts_with("attachment; "),
        "{}",
        got.header("content-disposition")
    );
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert!(got.header("content-security-policy").contains("sandbox"));
    app.get(&format!("/intake-files/{file}")).await.refused(401, "UNAUTHENTICATED");
    let other = app.tenant("other").await;
    other.get(&format!("/intake-files/{file}")).await.refused(404, "NOT_FOUND");
    // One booking has it, once.
    let again = studio.book("Bob", ELEVEN, &answers).await.refused(422, "INVALID");
    assert_eq!(again["errors"][0]["pointer"], format!("/answers/{}", studio.id("file")));
    assert_eq!(again["errors"][0]["code"], "UNKNOWN");
    assert!(studio.find("Bob").await.is_empty());
    assert_eq!(studio.used_bytes().await - before, u64::try_from(gif.len()).unwrap());
}

#[tokio::test]
async fn what_nobody_books_with_goes_after_a_day() {
    let app = TestApp::start().await.ignore_jobs();
    let studio = Studio::open(&app).await;
    let kept = studio.send("application/pdf", PDF).await.expect(201)["id"].clone();
    let left = studio.send("application/pdf", PDF).await.expect(201)["id"].clone();
    studio.book("Ana", TEN, &[("text", json!("A dog")), ("file", kept.clone())]).await.expect(201);
    let file = |id: &Value| {
        let id = id.as_str().unwrap().parse().unwrap();
        providers::files::FilePath::new(studio.salon.id, &domain::intake::file(id)).unwrap()
    };
    assert!(app.state.files.get(&file(&left)).await.is_ok());
    app.clock.advance(TimeDelta::hours(25));
    app.run_jobs().await;
    assert!(app.state.files.get(&file(&left)).await.is_err());
    assert!(app.state.files.get(&file(&kept)).await.is_ok());
    let admin = app.database.admin().await;
    let there: i64 = admin.query_one("SELECT count(*) FROM intake_files", &[]).await.unwrap().get(0);
    assert_eq!(there, 1);
}

#[tokio::test]
async fn a_manager_writes_the_questions_without_a_script() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("studio").await;
    let service = salon.service(json!({"name": "Portrait"})).await;
    let page = format!("/app/services/{service}/questions");
    let mut browser = Browser::of(&salon).await;
    browser.open(&page).await;
    let first = [("label-0", "What <b>shall</b> we photograph?"), ("kind-0", "text"), ("required-0", "on")];
    browser.press(&page, ("do", "add"), &first).await;
    let second = [("label-1", "Where?"), ("kind-1", "choice"), ("options-1", "Studio\n\nOutside\n")];
    browser.press(&page, ("do", "add"), &second).await;
    browser.press(&page, ("do", "up-1"), &[("label-2", "Gone")]).await;
    browser.press(&page, ("do", "remove-2"), &[]).await;
    assert_eq!(browser.value(&page, "label-0"), "Where?");
    // What is wrong is told beside it, and nothing is saved or lost.
    let refused = browser.press(&page, ("do", "save"), &[("options-0", "Studio")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("href=\"#f-options-0\""), "{}", refused.text);
    assert_eq!(browser.value(&page, "label-1"), "What <b>shall</b> we photograph?");
    let api = format!("/services/{service}/questions");
    assert_eq!(salon.get(&api).await.expect(200)["questions"], json!([]));
    browser.press(&page, ("do", "save"), &[("options-0", "Studio\nOutside")]).await;
    let saved = salon.get(&api).await.expect(200);
    let told: Vec<_> =
        saved["questions"].as_array().unwrap().iter().map(|one| (&one["label"], &one["required"])).collect();
    assert_eq!(
        told,
        [(&json!("Where?"), &json!(false)), (&json!("What <b>shall</b> we photograph?"), &json!(true))]
    );
    // Somebody else was faster.
    browser.open(&page).await;
    salon.put(&api).json(&json!({"questions": []})).await.expect(200);
    let stale = browser.press(&page, ("do", "save"), &[]).await;
    assert_eq!(stale.status, 412);
}

/// A form as browsers send it: fields, and a file.
fn multipart(fields: &[(String, String)], file: (&str, &str, &[u8])) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let (name, file_name, bytes) = file;
    let head = format!(
        "--frontier\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(bytes);
    body.extend(b"\r\n--frontier--\r\n");
    body
}

#[tokio::test]
async fn a_customer_answers_on_the_page_that_books() {
    let app = TestApp::start().await.ignore_jobs();
    let studio = Studio::open(&app).await;
    let details = format!("/studio/book/details?service_id={}&start={TEN}", studio.service);
    let page = app.request("GET", &details).header("accept-language", "en").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("multipart/form-data") && page.text.contains("What shall we photograph?"));
    let input = |kind: &str| format!("answer_{}", studio.id(kind));
    let mut fields: Vec<(String, String)> = [
        ("service_id", studio.service.as_str()),
        ("start", TEN),
        ("key", "abc"),
        ("name", "Ana"),
        ("email", "ana@customer.example"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    let send = async |fields: &[(String, String)], file: &[u8]| {
        let body = multipart(fields, (&input("file"), "like <i>this</i>.pdf", file));
        let request = app.request("POST", "/studio/book").header("accept-language", "en");
        request
            .header("sec-fetch-site", "same-origin")
            .file("multipart/form-data; boundary=frontier", body)
            .await
    };
    // The answer that is missing, what is no number, and a file that is none: all at once, each with its question.
    fields.push((input("number"), "many".to_owned()));
    fields.push((input("choices"), "Noon".to_owned()));
    let refused = send(&fields, b"<html>").await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    for kind in ["text", "number", "file"] {
        assert!(refused.text.contains(&format!("href=\"#f-{}\"", input(kind))), "{kind}: {}", refused.text);
        assert!(refused.text.contains(&format!("id=\"e-{}\"", input(kind))), "{kind}");
    }
    assert!(refused.text.contains("value=\"Noon\" checked"));
    // A good file is kept though the rest is wrong.
    let refused = send(&fields, PDF).await;
    assert_eq!(refused.status, 422);
    let marked = format!("name=\"sent_{}\" value=\"", studio.id("file"));
    let (_, rest) = refused.text.split_once(&marked).unwrap_or_else(|| panic!("{}", refused.text));
    let sent = rest.split('"').next().unwrap().to_owned();
    fields.retain(|(name, _)| *name != input("number"));
    fields.push((format!("sent_{}", studio.id("file")), sent));
    fields.push((input("text"), "<script>alert(1)</script> wedding".to_owned()));
    fields.push((input("consent"), "on".to_owned()));
    let booked = send(&fields, b"").await;
    assert_eq!(booked.status, 200, "{}", booked.text);
    // Sent twice it books once.
    send(&fields, b"").await;
    let found = studio.find("wedding").await;
    assert_eq!(found.len(), 1);
    let answers = found[0]["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 4, "{answers:?}");
    // Shown to the customer, and to members with the file, as text.
    assert!(booked.text.contains("&lt;script&gt;alert(1)") && !booked.text.contains("<script>alert"));
    assert!(!booked.text.contains("/app/intake-files/"));
    let mut browser = Browser::of(&studio.salon).await;
    let id = found[0]["id"].as_str().unwrap();
    let shown = browser.open(&format!("/app/bookings/{id}")).await.text.clone();
    assert!(shown.contains("&lt;script&gt;alert(1)") && !shown.contains("<script>alert"), "{shown}");
    let file = found[0]["answers"].as_array().unwrap().iter().find(|one| one["kind"] == "file").unwrap();
    let path = format!("/app/intake-files/{}", file["value"]["id"].as_str().unwrap());
    assert!(shown.replace("&#x2F;", "/").contains(&path));
    assert_eq!(browser.open(&path).await.text.as_bytes(), PDF);
    let searched = browser.open("/app/search?q=wedding").await.text.clone();
    assert!(searched.contains(id), "{searched}");
}
