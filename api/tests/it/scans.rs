//! No query of the API or its pages reads a large table from end to end, nor all that a tenant has in it: every route and
//! every page, on a database in which each table of tenants has thousands of rows, with PostgreSQL's own count of what it
//! read.

use std::collections::BTreeMap;
use std::time::Duration;

use api::pages::table::{Access, pages};
use serde_json::json;
use testkit::{Answer, Browser, Salon, TestApp};
use tokio_postgres::Client;

use crate::strangers::{name, request, routes_of_members};
use crate::things::Things;

/// Tenants that are set up like the salon.
const NEIGHBOURS: i32 = 1_500;
/// So many of them have as much to do.
const BUSY_NEIGHBOURS: i32 = 4;
/// How often what happens in the salon has happened before and after: all twenty-five hours, so at any hour of the day.
const TIMES: i32 = 800;
/// Most rows of one table that anybody may need. A whole month of this salon has four hundred bookings.
const MOST: i64 = 700;

/// What grows while a salon works; the rest is what it set up.
const GROWING: [&str; 23] = [
    "allocations",
    "audit_events",
    "blocked_contacts",
    "booking_series",
    "booking_terms",
    "bookings",
    "busy_blocks",
    "customer_addresses",
    "customer_blocks",
    "customer_import_flaws",
    "customer_imports",
    "customer_merges",
    "customer_tags",
    "customer_terms",
    "customers",
    "documents",
    "domain_events",
    "group_sessions",
    "idempotency_keys",
    "intake_files",
    "messages",
    "private_events",
    "waitlist_entries",
];

/// A salon in which something of every kind has happened.
async fn busy_salon(app: &TestApp) -> (Salon<'_>, Things) {
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    let things = Things::of(&salon).await;
    // What `book` books is the service of last.
    salon.service(json!({"name": "Class", "capacity": 4, "min_notice_minutes": 0})).await;
    salon.book("Gil", "2030-03-05T11:00:00Z").await.expect(201);
    let colour = salon.service(json!({"name": "Colour", "duration_minutes": 30})).await;
    salon.service(json!({"name": "Cut", "auto_confirm": false})).await;
    salon.book("Pia", "2030-03-07T09:00:00Z").await.expect(201);
    let portrait = salon.service(json!({"name": "Portrait"})).await;
    let questions = json!({"questions": [{"kind": "text", "label": "Which?"}]});
    let asked = salon.put(&format!("/services/{portrait}/questions")).json(&questions).await.expect(200);
    let mut answered = salon.booking("Eve", "2030-03-06T15:00:00Z");
    answered["answers"] = json!({asked["questions"][0]["id"].as_str().unwrap(): "Wedding"});
    salon.public("POST", "/bookings").json(&answered).await.expect(201);
    salon.service(json!({"name": "Trim"})).await;
    let mut visit = salon.booking("Vic", "2030-03-08T09:00:00Z");
    visit["then"] = json!([{"service_id": colour}]);
    salon.public("POST", "/bookings").json(&visit).await.expect(201);
    let add = async |email: &str| {
        let body = json!({"name": "Bo", "email": email, "phone": "+33612345678", "tags": ["VIP"]});
        salon.post("/customers").json(&body).await.expect(201)["id"].as_str().unwrap().to_owned()
    };
    let (kept, duplicate) = (add("bo@customer.example").await, add("bob@customer.example").await);
    let merge = json!({"duplicate_id": duplicate});
    salon.post(&format!("/customers/{kept}/merge")).json(&merge).await.expect(200);
    salon.post(&format!("/customers/{kept}/block")).json(&json!({"reason": "rude"})).await.expect(200);
    let mut again = salon.booking("Ana", "2030-03-11T09:00:00Z");
    again["notifications"] = json!({"email": true, "sms": false});
    salon.post("/bookings").header("idempotency-key", "k1").json(&again).await.expect(201);
    let file = salon.post("/customers/imports").file("text/csv", "name,email\nCy,none\n").await.expect(201);
    let path = format!("/customers/imports/{}/start", file["id"].as_str().unwrap());
    salon.post(&path).json(&json!({})).await.expect(202);
    app.run_jobs().await;
    (salon, things)
}

/// What gives all of it as a file, which is read while it is sent.
fn is_whole(path: &str) -> bool {
    matches!(path, "/app/settings/audit/file" | "/audit-events/export")
}

/// A column as the `k`-th copy has it. Ids change alike everywhere, so that copies hold together; with `deep` those of the
/// tenant and what it set up stay, and times move.
fn copied(column: &str, kind: &str, deep: bool) -> String {
    let is_set_up =
        matches!(column, "tenant_id" | "staff_id" | "service_id" | "room_id" | "resource_id" | "question_id")
            || column.ends_with("_by");
    match (kind, column) {
        ("uuid", _) if deep && is_set_up => column.to_owned(),
        ("uuid", _) => format!("md5({column}::text || k)::uuid"),
        ("bytea", _) if column.ends_with("token_hash") => format!("sha256({column} || k::text::bytea)"),
        ("text", "slug") => format!("{column} || '-' || k"),
        ("text", "email" | "email_key" | "contact_key" | "contact_email" | "contact_email_key") => {
            format!("k || '.' || {column}")
        }
        ("text", "dedup_key" | "key") => format!("{column} || k"),
        ("text", "term" | "name_key") if deep => format!("k || {column}"),
        ("text", "tag_key") if deep => format!("{column} || k % 20"),
        ("text", "phone_e164") if deep => format!("{column} || k"),
        ("text", "public_code") if deep => {
            format!("left({column}, 3) || lpad(upper(to_hex(k)), 4, '0') || right({column}, 2)")
        }
        // Nothing was written in the time to come.
        (_, "created_at" | "updated_at" | "occurred_at" | "sent_at") if deep => {
            format!("{column} - k * interval '25 hours'")
        }
        ("date", _) if deep => format!("{column} + (k - {})", TIMES / 2),
        ("timestamp with time zone" | "timestamp without time zone", _) if deep => {
            format!("{column} + (k - {}) * interval '25 hours'", TIMES / 2)
        }
        _ => format!("\"{column}\""),
    }
}

/// Makes copies of all rows of the tables that grow, or of the others.
async fn multiply(admin: &Client, is_growing: bool, copies: i32, deep: bool) {
    let tables = "SELECT c.relname::text, array_agg(a.attname::text), array_agg(format_type(a.atttypid, NULL))
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attgenerated = ''
        GROUP BY 1";
    for row in admin.query(tables, &[]).await.unwrap() {
        let (table, columns, kinds): (String, Vec<String>, Vec<String>) =
            (row.get(0), row.get(1), row.get(2));
        // The queue would run what is copied.
        if GROWING.contains(&table.as_str()) != is_growing || table.starts_with("job") {
            continue;
        }
        let copy = |(column, kind): (&String, &String)| copied(column, kind, deep);
        let values: Vec<String> = columns.iter().zip(&kinds).map(copy).collect();
        let columns: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let (columns, values) = (columns.join(", "), values.join(", "));
        let insert = format!(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {table}, generate_series(1, {copies}) k
             ON CONFLICT DO NOTHING"
        );
        admin.batch_execute(&insert).await.unwrap_or_else(|error| panic!("{table}: {error:?}"));
    }
}

/// What nobody waits for any longer.
const SETTLE: &str = "
    UPDATE waitlist_entries SET status = 'withdrawn' WHERE from_date <> '2030-03-05';
    UPDATE bookings SET status = 'confirmed' WHERE status = 'pending' AND starts_at > '2030-04-05'";

/// Whether somebody may read all that a tenant has in a table.
fn is_counted(name: &str, table: &str) -> bool {
    match table {
        // How many have each tag, of as many as the salon has given out; how many events somebody may still add.
        "customer_tags" => true,
        "private_events" | "busy_blocks" => name.contains("/calendar-import") || name.contains("/events"),
        // How many there are, and who might be the same.
        "customers" if matches!(name, "/app/customers" | "/app/customers/duplicates") => true,
        // Walked in their order until enough are found.
        "customers" | "bookings" => name.contains(" by q") || name.contains("/search"),
        _ => false,
    }
}

/// What was read of a table.
#[derive(Clone, Copy)]
struct Read {
    /// How often it was read from end to end.
    scans: i64,
    /// Rows, and entries of its indexes.
    rows: i64,
}

/// What was read of the tables of more than a thousand rows, in all sessions there were.
async fn reads(admin: &Client) -> BTreeMap<String, Read> {
    // A session counts for itself, and tells when it ends.
    let others = "FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    admin.execute(&format!("SELECT pg_terminate_backend(pid) {others}"), &[]).await.unwrap();
    while admin.query_opt(&format!("SELECT {others} LIMIT 1"), &[]).await.unwrap().is_some() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // Whoever had one notices that it is gone.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let sql = "SELECT s.relname::text, s.seq_scan, (s.seq_tup_read + coalesce(sum(i.idx_tup_read), 0))::bigint
        FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid LEFT JOIN pg_stat_user_indexes i USING (relid)
        WHERE c.reltuples > 1000 GROUP BY 1, 2, s.seq_tup_read";
    let read = |row: &tokio_postgres::Row| (row.get(0), Read { scans: row.get(1), rows: row.get(2) });
    admin.query(sql, &[]).await.unwrap().iter().map(read).collect()
}

/// Asks all there is, and notes who read what from end to end.
struct Walk<'a> {
    salon: &'a Salon<'a>,
    admin: Client,
    before: BTreeMap<String, Read>,
    asked: usize,
    succeeded: usize,
    found: Vec<String>,
}

impl Walk<'_> {
    async fn step(&mut self, name: &str, answer: impl Future<Output = Answer>) {
        let answer = answer.await;
        assert!(answer.status < 500, "{name}: {}", answer.text);
        self.asked += 1;
        self.succeeded += usize::from(answer.status < 400);
        self.look(name).await;
    }

    async fn look(&mut self, name: &str) {
        let now = reads(&self.admin).await;
        for (table, read) in &now {
            let before = self.before[table];
            let (scans, rows) = (read.scans - before.scans, read.rows - before.rows);
            if scans > 0 || (rows > MOST && !is_counted(name, table)) {
                self.found
                    .push(format!("{name} reads {rows} rows of {table}, {scans} times from end to end"));
            }
        }
        self.before = now;
    }

    /// What members may ask for: what only reads, what writes, and last what takes away.
    async fn members(&mut self, things: &Things) {
        let mut routes = routes_of_members();
        routes.retain(|route| !is_whole(route.path));
        routes.sort_by_key(|route| match route.method.as_str() {
            "GET" => 0,
            "DELETE" => 2,
            _ => 1,
        });
        for route in &routes {
            let asked = request(self.salon.app, route, things).bearer(&self.salon.token);
            self.step(&name(route), async { asked.await }).await;
        }
    }

    /// Lists by what they can be asked for.
    async fn lists(&mut self, things: &Things) {
        for (path, query) in [
            ("/bookings", ("q", "ana")),
            ("/bookings", ("status", "pending")),
            ("/bookings", ("customer_id", things.customer.as_str())),
            ("/bookings", ("from", "2030-03-04T00:00:00Z")),
            ("/bookings", ("service_id", things.service.as_str())),
            ("/customers", ("q", "ana")),
            ("/customers", ("tag", "VIP")),
            ("/waitlist", ("status", "waiting")),
            ("/waitlist", ("service_id", things.service.as_str())),
            ("/search", ("q", "customer.example")),
        ] {
            let asked = self.salon.get(path).query(&[query]);
            self.step(&format!("{path} by {}", query.0), async { asked.await }).await;
        }
    }

    async fn visitors(&mut self, things: &Things) {
        let who = json!({"email": "ana@customer.example"});
        let (service, code) = (things.service.as_str(), things.code.as_str());
        let public = |method: &str, path: &str| self.salon.public(method, path);
        let days = [("service_id", service), ("from", "2030-03-01"), ("to", "2030-03-31")];
        let mut booking = self.salon.booking("Zoe", "2030-03-13T14:00:00Z");
        booking["service_id"] = json!(service);
        let mut later = booking.clone();
        later["start"] = json!("2030-03-14T09:00:00Z");
        let series = json!({"booking": later, "recurrence": "FREQ=WEEKLY;COUNT=2"});
        let waiting = json!({"service_id": service, "from": "2030-03-05", "to": "2030-03-06",
            "customer": {"name": "Eva", "email": "eva@customer.example"}});
        let asked = [
            ("services", public("GET", "/services")),
            ("staff", public("GET", "/staff").query(&[("service_id", service)])),
            ("a day", public("GET", "/availability").query(&[days[0], ("date", "2030-03-05")])),
            ("any service", self.salon.get("/slots").query(&[("date", "2030-03-05")])),
            ("a month", public("GET", "/availability/days").query(&days)),
            ("the next", public("GET", "/availability/next").query(&days[..1])),
            ("to book", public("POST", "/bookings").json(&booking)),
            ("a plan", public("POST", "/series/preview").json(&series)),
            ("a series", public("POST", "/series").json(&series)),
            ("to wait", public("POST", "/waitlist").json(&waiting)),
            (
                "a booking",
                public("POST", "/bookings/lookup").json(&json!({"code": code, "email": who["email"]})),
            ),
            ("to cancel", public("POST", &format!("/bookings/{code}/cancellation")).json(&who)),
        ];
        for (name, request) in asked {
            self.step(&format!("a visitor who asks for {name}"), async { request.await }).await;
        }
    }

    async fn pages(&mut self, things: &Things) {
        let mut browser = Browser::of(self.salon).await;
        let read = pages()
            .into_iter()
            .filter(|page| page.method == "GET" && !page.path.ends_with("/stream") && !is_whole(page.path));
        for page in read.filter(|page| matches!(page.access, Access::Member(_))) {
            // Runs of jobs and tenants have no ids among the things.
            if page.path.contains("{id}") && (page.path.contains("/jobs/") || page.path.contains("/tenants/"))
            {
                continue;
            }
            let path = page.path.trim_start_matches("/app");
            let path = if path.contains("{id}") {
                page.path.replace("{id}", things.id_in(path))
            } else {
                page.path.to_owned()
            };
            let asked = browser.request("GET", &path);
            self.step(page.path, async { asked.await }).await;
        }
        for view in ["day", "week", "month", "list"] {
            let asked = browser.request("GET", &format!("/app/calendar?view={view}&date=2030-03-05"));
            self.step(&format!("the calendar's {view}"), async { asked.await }).await;
        }
        let service = &things.service;
        for path in [
            "/salon".to_owned(),
            format!("/salon/book/time?service_id={service}"),
            format!("/salon/book/waitlist?service_id={service}"),
        ] {
            let asked = browser.request("GET", &path);
            self.step(&path, async { asked.await }).await;
        }
        browser.cookies.clear();
    }
}

#[tokio::test]
async fn nothing_reads_a_large_table_from_end_to_end() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, things) = busy_salon(&app).await;
    let admin = app.database.admin().await;
    // Copies hold together by themselves, and nobody is to be told of them.
    admin.batch_execute("SET session_replication_role = replica").await.unwrap();
    multiply(&admin, false, NEIGHBOURS, false).await;
    multiply(&admin, true, TIMES, true).await;
    multiply(&admin, true, BUSY_NEIGHBOURS, false).await;
    admin.batch_execute(SETTLE).await.unwrap();
    admin.batch_execute("RESET session_replication_role").await.unwrap();
    admin.batch_execute("VACUUM ANALYZE").await.unwrap();
    let before = reads(&admin).await;
    let is_large = |table: &&str| before.contains_key(*table);
    let small: Vec<&str> = GROWING.into_iter().filter(|table| !is_large(table)).collect();
    assert_eq!(small, [""; 0], "they need more rows");
    let mut walk = Walk { salon: &salon, admin, before, asked: 0, succeeded: 0, found: Vec::new() };
    walk.lists(&things).await;
    walk.pages(&things).await;
    walk.visitors(&things).await;
    walk.members(&things).await;
    app.run_jobs().await;
    walk.look("the work that follows").await;
    assert_eq!(walk.found, Vec::<String>::new());
    // Else it would be a walk along closed doors.
    assert!(walk.succeeded * 10 > walk.asked * 8, "{} of {}", walk.succeeded, walk.asked);
}
