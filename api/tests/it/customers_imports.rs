//! Customers from a file: looked at, brought in by a job, whatever breaks in between.

use domain::access::Role;
use serde_json::{Value, json};
use testkit::{Salon, TestApp};

async fn upload(salon: &Salon<'_>, text: impl Into<Vec<u8>>) -> Value {
    salon.post("/customers/imports").file("text/csv", text).await.expect(201)
}

fn path(import: &Value) -> String {
    format!("/customers/imports/{}", import["id"].as_str().unwrap())
}

async fn start(salon: &Salon<'_>, import: &Value, body: Value) {
    salon.post(&format!("{}/start", path(import))).json(&body).await.expect(202);
}

async fn customers(salon: &Salon<'_>) -> Vec<Value> {
    let page = salon.get("/customers").query(&[("limit", "200")]).await.expect(200);
    page["data"].as_array().unwrap().clone()
}

fn figures(import: &Value) -> [i64; 5] {
    ["total", "made", "updated", "skipped", "refused"].map(|name| import[name].as_i64().unwrap())
}

#[tokio::test]
async fn a_file_is_looked_at_then_brought_in_and_what_is_wrong_is_told() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    let known = json!({"name": "Old", "email": "known@example.org", "phone": "+33611111111", "tags": ["a"]});
    salon.post("/customers").json(&known).await.expect(201);
    let text = "Prénom;Nom;E-mail;Tél;Langue;Tags;Note;Ville\r\n\
        Zoé;Petit;zoe@example.org;06 12 34 56 78;fr;VIP, Été;\"deux\r\nlignes\";Lyon\r\n\
        =1+1;;bad;123;xx;;;\r\n\
        Known;One;KNOWN@example.org;;;b;;\r\n\
        Zoé;Deux;zoe@example.org;;;;;\r\n\
        ;;;;;;;\r\n\
        Sans;Adresse;;;;;;\r\n";
    let import = upload(&salon, text).await;
    assert_eq!(
        (&import["state"], &import["encoding"], &import["delimiter"]),
        (&json!("uploaded"), &json!("UTF-8"), &json!(";"))
    );
    let fields = json!(["first_name", "last_name", "email", "phone", "language", "tags", "note", null]);
    assert_eq!((&import["fields"], figures(&import)), (&fields, [5, 0, 0, 0, 0]));
    assert_eq!(
        import["columns"][2],
        json!({"name": "E-mail", "samples": ["zoe@example.org", "bad", "KNOWN@example.org"]})
    );
    // Nothing is brought in before it is wanted, and nothing that can't be.
    app.run_jobs().await;
    assert_eq!(customers(&salon).await.len(), 1);
    let starts = format!("{}/start", path(&import));
    let refuse = async |fields: Value, code: &str| {
        let problem = salon.post(&starts).json(&json!({"fields": fields})).await.refused(422, "INVALID");
        assert_eq!(problem["errors"][0]["code"], code, "{problem}");
    };
    refuse(json!(["name"]), "INVALID").await;
    refuse(json!(["name", null, null, null, null, null, null, null]), "NO_EMAIL").await;
    refuse(json!([null, null, "email", null, null, null, null, null]), "NO_NAME").await;
    refuse(json!(["name", "name", "email", null, null, null, null, null]), "TWICE").await;
    start(&salon, &import, json!({"fields": fields, "known": "update"})).await;
    salon.post(&starts).json(&json!({})).await.refused(409, "IMPORT_STARTED");
    let ran = app.run_jobs().await;
    assert_eq!(ran.iter().filter(|job| job.kind() == "import_customers").count(), 1);
    let done = salon.get(&path(&import)).await.expect(200);
    assert_eq!((&done["state"], figures(&done)), (&json!("done"), [5, 1, 2, 0, 2]));
    let told: Vec<(i64, &str, &str)> = done["flaws"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flaw| {
            (flaw["line"].as_i64().unwrap(), flaw["field"].as_str().unwrap(), flaw["code"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [
            (4, "email", "INVALID"),
            (4, "language", "INVALID"),
            (4, "phone", "INVALID"),
            (8, "email", "REQUIRED")
        ]
    );
    let all = customers(&salon).await;
    assert_eq!(all.len(), 2);
    let (one, zoe) = (&all[0], &all[1]);
    assert_eq!(
        (&one["name"], &one["phone"], &one["tags"]),
        (&json!("Known One"), &json!("+33611111111"), &json!(["a", "b"]))
    );
    assert_eq!(
        (&zoe["name"], &zoe["phone"], &zoe["note"], &zoe["tags"]),
        (&json!("Zoé Deux"), &json!("+33612345678"), &json!("deux\nlignes"), &json!(["Été", "VIP"]))
    );
    let found = salon.get("/customers").query(&[("q", "061234")]).await.expect(200);
    assert_eq!(found["data"][0]["id"], zoe["id"]);
    // The report has no formulas.
    let report = salon.get(&format!("{}/report", path(&import))).await;
    assert_eq!(report.header("content-disposition"), "attachment; filename=\"import-report.csv\"");
    assert!(
        report.text.contains("\"4\",\"Email\",\"bad\",\"Not a complete email address.\""),
        "{}",
        report.text
    );
    // The file is gone, and a week later all that was told of it.
    let folder = app.files_folder().join(salon.id.to_string()).join("imports");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    app.clock.advance(chrono::TimeDelta::days(8));
    app.run_jobs().await;
    let token = salon.member(Role::Manager).await;
    app.get(&path(&import)).bearer(&token).await.refused(404, "NOT_FOUND");
    let left = app.get("/customers").bearer(&token).await.expect(200);
    assert_eq!(left["data"].as_array().unwrap().len(), 2);
}

/// Hazard I1.
#[tokio::test]
async fn the_same_fifty_people_come_out_of_every_encoding_and_delimiter() {
    let app = TestApp::start().await;
    let people = |separator: &str| {
        let mut text = ["Nom", "E-mail", "Téléphone", "Note"].join(separator);
        for n in 0..50 {
            let row = [
                format!("Zoë Lefèvre-Œuvre {n}"),
                format!("zoe{n}@exemple.fr"),
                format!("+336123456{n:02}"),
                format!("\"dit \"\"oui\"\", {n}; déjà\tvenue à l’été – 5 €\""),
            ];
            text = format!("{text}\r\n{}", row.join(separator));
        }
        text
    };
    let utf16 = |text: &str, to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(to_bytes).collect()
    };
    let windows = |text: &str| -> Vec<u8> {
        let byte = |c: char| match c {
            'Œ' => 0x8c,
            '’' => 0x92,
            '–' => 0x96,
            '€' => 0x80,
            c => u8::try_from(u32::from(c)).unwrap(),
        };
        text.chars().map(byte).collect()
    };
    let files = [
        ("UTF-8", ",", people(",").into_bytes()),
        ("UTF-8", ";", format!("\u{feff}{}", people(";")).into_bytes()),
        ("UTF-16LE", "\t", utf16(&people("\t"), u16::to_le_bytes)),
        ("UTF-16BE", ";", utf16(&people(";"), u16::to_be_bytes)),
        ("windows-1252", ";", windows(&people(";"))),
        ("windows-1252", ",", windows(&people(","))),
    ];
    let mut first: Option<Vec<Value>> = None;
    for (index, (encoding, delimiter, bytes)) in files.into_iter().enumerate() {
        let salon = app.tenant(&format!("salon{index}")).await;
        let import = upload(&salon, bytes).await;
        assert_eq!((&import["encoding"], &import["delimiter"]), (&json!(encoding), &json!(delimiter)));
        start(&salon, &import, json!({})).await;
        app.run_jobs().await;
        let mut rows = customers(&salon).await;
        assert_eq!(rows.len(), 50);
        for row in &mut rows {
            row["id"] = Value::Null;
        }
        assert_eq!(&rows, first.get_or_insert_with(|| rows.clone()), "{encoding} {delimiter:?}");
    }
    assert_eq!(first.unwrap()[0]["note"], "dit \"oui\", 0; déjà\tvenue à l’été – 5 €");
}

#[tokio::test]
async fn who_is_known_is_left_alone_when_that_is_wanted_and_an_export_comes_back_in() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    for (name, note) in [("=Ana", "-quiet"), ("Bob", "+x")] {
        let email = format!("{}@example.org", name.trim_start_matches('=').to_lowercase());
        let body = json!({"name": name, "email": email, "note": note, "tags": ["=t", "u"]});
        salon.post("/customers").json(&body).await.expect(201);
    }
    let before = customers(&salon).await;
    let mut browser = testkit::Browser::of(&salon).await;
    browser.open("/app/customers/export").await;
    browser.submit("/app/customers/export", &[]).await;
    app.run_jobs().await;
    let text = browser.open("/app/customers/export/file").await.text.clone();
    let import = upload(&salon, text.clone()).await;
    start(&salon, &import, json!({"known": "update"})).await;
    app.run_jobs().await;
    // Every word of it is known.
    assert_eq!(figures(&salon.get(&path(&import)).await.expect(200)), [2, 0, 0, 2, 0]);
    assert_eq!(customers(&salon).await, before);
    let import = upload(&salon, text.replace("bob@", "robert@")).await;
    start(&salon, &import, json!({"known": "skip"})).await;
    app.run_jobs().await;
    assert_eq!(figures(&salon.get(&path(&import)).await.expect(200))[3], 1);
    assert_eq!(customers(&salon).await.len(), 3);
}

#[tokio::test]
async fn what_is_no_table_is_refused_where_it_is_sent() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let refuse = async |bytes: Vec<u8>, code: &str| {
        let problem = salon.post("/customers/imports").file("text/csv", bytes).await.refused(422, "INVALID");
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!("/file"), &json!(code))
        );
    };
    refuse(Vec::new(), "REQUIRED").await;
    refuse(b"name,email\n".to_vec(), "TABLE_EMPTY").await;
    refuse(b"PK\x03\x04\0\0".to_vec(), "TABLE_NOT_TEXT").await;
    refuse(format!("name,email\n{}", "a,b\n".repeat(50_001)).into_bytes(), "TABLE_TOO_MANY_ROWS").await;
    let large = vec![b'a'; 10_500_000];
    salon.post("/customers/imports").file("text/csv", large).await.refused(413, "BODY_TOO_LARGE");
    salon.post("/customers/imports").file("image/png", "x").await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    let named = salon.post("/customers/imports").form_with_file(
        &[],
        "mes clients.csv",
        "text/csv",
        b"nom,mail\na,a@b.example\n",
    );
    assert_eq!(named.await.expect(201)["file_name"], "mes clients.csv");
}

/// A run that was believed dead goes on: what one batch did is not done again.
#[tokio::test]
async fn an_import_whose_job_died_goes_on_where_it_was() {
    let app = TestApp::start().await;
    let salon = app.tenant("salon").await;
    let rows = (0..600).map(|n| format!("N{n},n{n}@example.org\n"));
    let text: String = std::iter::once("name,email\n".to_owned()).chain(rows).collect();
    let import = upload(&salon, text).await;
    start(&salon, &import, json!({})).await;
    let admin = app.database.admin().await;
    let dies = "UPDATE jobs SET state = 'dead', dedup_key = NULL WHERE kind = 'import_customers'";
    assert_eq!(admin.execute(dies, &[]).await.unwrap(), 1);
    assert_eq!(salon.get(&path(&import)).await.expect(200)["has_failed"], true);
    start(&salon, &import, json!({})).await;
    // Twice, as when a lease was lost.
    admin
        .execute(
            "INSERT INTO jobs (tenant_id, id, queue, kind, payload, run_at)
             SELECT tenant_id, gen_random_uuid(), queue, kind, payload, run_at FROM jobs
             WHERE kind = 'import_customers' AND state = 'ready'",
            &[],
        )
        .await
        .unwrap();
    app.run_jobs().await;
    let done = salon.get(&path(&import)).await.expect(200);
    assert_eq!((figures(&done), &done["has_failed"]), ([600, 600, 0, 0, 0], &json!(false)));
    let count = "SELECT count(*), count(DISTINCT email_key) FROM customers";
    let row = admin.query_one(count, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (600, 600));
}
