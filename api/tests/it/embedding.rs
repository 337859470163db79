//! Booking pages in frames on other sites: who may show them, and that they need no cookie there.

use api::pages::table::{Access, pages};
use domain::access::Role;
use serde_json::{Value, json};
use testkit::{Answer, Browser, Salon, TestApp};

const SHOP: &str = "https://www.shop.example";

async fn allow(salon: &Salon<'_>, origins: &[&str]) {
    salon.put("/embedding").json(&json!({"origins": origins})).await.expect(200);
}

/// Who may frame a page: what its policy says, and whether the older header forbids it.
fn ancestors(answer: &Answer) -> (String, bool) {
    let policy = answer.header("content-security-policy");
    let (_, ancestors) = policy.split_once("frame-ancestors ").unwrap_or_else(|| panic!("{policy}"));
    let is_denied = answer.headers.get("x-frame-options").is_some_and(|value| value == "DENY");
    (ancestors.to_owned(), is_denied)
}

#[tokio::test]
async fn a_tenant_names_the_websites_and_the_audit_keeps_it() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let none = salon.get("/embedding").await;
    let tag = none.header("etag").to_owned();
    assert_eq!(none.expect(200), json!({"origins": []}));
    let body = json!({"origins": ["Shop.Example/", "https://élégance.fr:8443", "http://localhost:3000"]});
    let put = salon.put("/embedding").header("if-match", &tag).json(&body).await.expect(200);
    let kept = json!({"origins": [
        "https://shop.example", "https://xn--lgance-9uab.fr:8443", "http://localhost:3000"]});
    assert_eq!((&put, &salon.get("/embedding").await.expect(200)), (&kept, &kept));
    let stale = salon.put("/embedding").header("if-match", &tag).json(&json!({"origins": []})).await;
    stale.refused(412, "VERSION_MISMATCH");
    let sql = "SELECT (before->'embed_origins')::text, after->'embed_origins'->>0 FROM audit_events
        WHERE action = 'tenant.set_embedding'";
    let audited = app.database.admin().await.query(sql, &[]).await.unwrap();
    let [line] = audited.as_slice() else { panic!("{} lines", audited.len()) };
    assert_eq!((line.get::<_, &str>(0), line.get::<_, &str>(1)), ("[]", "https://shop.example"));
}

#[tokio::test]
async fn what_is_no_website_is_refused_and_nothing_is_kept() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for (origin, code) in [
        ("https://shop.example; script-src *", "WILDCARD"),
        ("https://shop.example; script-src 'unsafe-inline'", "INVALID"),
        ("https://shop.example 'self'", "INVALID"),
        ("https://shop.example\r\nX-Frame-Options: ALLOW", "INVALID"),
        ("javascript:alert(1)", "INVALID"),
        ("https://ana:secret@shop.example", "INVALID"),
        ("http://shop.example", "INSECURE"),
        ("https://shop.example/book", "HAS_PATH"),
        ("https://*.shop.example", "WILDCARD"),
        ("", "INVALID"),
    ] {
        let refused = salon.put("/embedding").json(&json!({"origins": ["https://a.example", origin]})).await;
        assert_eq!(refused.status, 422, "{origin}: {}", refused.text);
        let error = &refused.body["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!("/origins/1"), &json!(code)), "{origin}");
    }
    let many: Vec<String> = (0..11).map(|n| format!("https://{n}.example")).collect();
    let refused = salon.put("/embedding").json(&json!({"origins": many})).await;
    assert_eq!(refused.body["errors"][0]["code"], "TOO_MANY");
    for body in [json!({}), json!({"origins": "https://a.example"}), json!({"origins": [], "x": 1})] {
        assert_eq!(salon.put("/embedding").json(&body).await.status, 422, "{body}");
    }
    assert_eq!(salon.get("/embedding").await.expect(200), json!({"origins": []}));
}

/// The addresses of all pages of a tenant's frame, and of its site, that are asked for.
fn addresses(service: &str, start: &str, booking: &str, waitlist: &str) -> Vec<(bool, String)> {
    let visited = pages().into_iter().filter(|page| page.access == Access::Visitor && page.method == "GET");
    let query = format!("?service_id={service}&start={start}&date=2030-03-05");
    visited
        // Of a link that a customer has to ask for.
        .filter(|page| !page.path.contains("/account/sign-in/"))
        .filter(|page| !page.path.ends_with("/icon.svg") && !page.path.ends_with(".webmanifest"))
        .map(|page| {
            let token = if page.path.contains("/manage/") { booking } else { waitlist };
            let path = page.path.replace("{tenant}", "salon").replace("{token}", token);
            let query = if path.contains("/book/") { query.as_str() } else { "" };
            (path.starts_with("/embed/"), format!("{path}{query}"))
        })
        .collect()
}

#[tokio::test]
async fn only_the_pages_of_the_frame_stand_in_frames_and_only_where_they_may() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.staff("Bea").await;
    let service = salon.service(json!({})).await;
    salon.service(json!({"name": "Beard"})).await;
    let token = |body: &Value| body["manage_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let booking = token(&salon.book("Ana", "2030-03-05T10:00:00Z").await.expect(201));
    let waiting = json!({"service_id": service, "from": "2030-03-05", "to": "2030-03-06",
        "customer": {"name": "Eva", "email": "eva@customer.example"}});
    let waitlist = token(&salon.public("POST", "/waitlist").json(&waiting).await.expect(201));
    let mut known: Vec<String> = Vec::new();
    for (origins, told) in [
        (vec![], "'none'".to_owned()),
        (vec![SHOP, "http://localhost:3000"], format!("{SHOP} http://localhost:3000")),
    ] {
        allow(&salon, &origins).await;
        for (is_frame, address) in addresses(&service, "2030-03-05T11:00:00Z", &booking, &waitlist) {
            let page = app.request("GET", &address).header("accept", "text/html").await;
            assert_eq!(page.status, 200, "{address}: {}", page.text);
            let expected =
                if is_frame { (told.clone(), origins.is_empty()) } else { ("'none'".to_owned(), true) };
            assert_eq!(ancestors(&page), expected, "{address}");
            assert_eq!(page.text.contains("embedded.js") || page.text.contains("/js/embedded-"), is_frame);
            if is_frame && address.ends_with("/book") {
                known.push(page.header("etag").to_owned());
            }
        }
        // What is refused is refused in the frame.
        let lost = app.request("GET", "/embed/salon/nothing").header("accept", "text/html").await;
        assert_eq!((lost.status, ancestors(&lost)), (404, (told.clone(), origins.is_empty())));
    }
    // A page that a browser kept comes with the policy of then: it is not the same page any more.
    let [then, now] = known.as_slice() else { panic!("{known:?}") };
    let ask = async |tag| app.request("GET", "/embed/salon/book").header("if-none-match", tag).await;
    assert_eq!((ask(then).await.status, ask(now).await.status), (200, 304));
    assert_eq!(ancestors(&ask(now).await), (format!("{SHOP} http://localhost:3000"), false));
    // The dashboard shows it, too; that lets nobody else.
    let preview = app.request("GET", "/embed/salon/book?preview=1").await;
    assert_eq!(ancestors(&preview), (format!("{SHOP} http://localhost:3000 'self'"), false));
    assert!(preview.text.contains("/embed/salon/book/staff?") && preview.text.contains("preview=1"));
    for path in ["/", "/login", "/signup", "/app", "/salon?preview=1", "/embed/nobody/book", "/embed"] {
        let page = app.request("GET", path).header("accept", "text/html").await;
        assert_eq!(ancestors(&page), ("'none'".to_owned(), true), "{path}");
    }
}

#[tokio::test]
async fn a_booking_is_made_in_the_frame_without_a_cookie() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    allow(&salon, &[SHOP]).await;
    let service = salon.service(json!({})).await;
    // Whatever cookies say, in a frame the address says it.
    let mut browser = Browser::new(&app);
    browser.cookies.insert("lang".to_owned(), "en".to_owned());
    browser.cookies.insert("timezone".to_owned(), "Europe/London".to_owned());
    let book = format!("/embed/salon/book?service_id={service}&lang=fr&timezone=Asia%2FTokyo&theme=dark");
    let page = browser.open(&book).await.text.clone();
    assert!(page.contains("lang=\"fr\" data-theme=\"dark\"") && page.contains("Tokyo"), "{page}");
    assert!(!page.contains("href=\"/salon\"") && !page.contains("/preferences"), "{page}");
    // Each way on carries it.
    let hrefs: Vec<&str> = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let onward: Vec<&&str> = hrefs.iter().filter(|href| href.contains("/book")).collect();
    assert!(onward.len() > 10, "{hrefs:?}");
    for href in onward {
        let href = href.replace("&#x2F;", "/").replace("&amp;", "&");
        assert!(href.starts_with("/embed/salon/book"), "{href}");
        for carried in ["lang=fr", "timezone=Asia%2FTokyo", "theme=dark"] {
            assert!(href.contains(carried), "{href}");
        }
    }
    let query = "lang=fr&timezone=Asia%2FTokyo&theme=dark";
    let details =
        format!("/embed/salon/book/details?service_id={service}&start=2030-03-05T10:00:00Z&{query}");
    browser.cookies.clear();
    let form = browser.open(&details).await.text.clone();
    for page in ["terms", "privacy"] {
        let link = format!("href=\"/salon/{page}\" target=\"_blank\"");
        assert!(form.replace("&#x2F;", "/").contains(&link), "{link}: {form}");
    }
    let action = format!("/embed/salon/book?{query}");
    browser.submit(&action, &[("name", "Ana"), ("email", "nonsense")]).await;
    assert!(browser.page.status == 422 && browser.page.text.contains("lang=\"fr\""), "{}", browser.page.text);
    assert_eq!(ancestors(&browser.page), (SHOP.to_owned(), false));
    browser.submit(&action, &[("name", "Ana"), ("email", "ana@customer.example")]).await;
    assert_eq!(browser.page.status, 200, "{}", browser.page.text);
    assert!(browser.address.starts_with("/embed/salon/manage/"), "{}", browser.address);
    assert!(browser.address.ends_with(&format!("?done=1&{query}")), "{}", browser.address);
    for told in ["data-booked", "<base target=\"_blank\">", "/manage/"] {
        assert!(browser.page.text.contains(told), "{told}: {}", browser.page.text);
    }
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    let booked = salon.get("/bookings").await.expect(200)["data"][0].clone();
    assert_eq!((&booked["status"], &booked["customer"]["name"]), (&json!("confirmed"), &json!("Ana")));
}

#[tokio::test]
async fn a_form_of_the_frame_counts_only_from_a_page_of_ours() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    allow(&salon, &[SHOP]).await;
    let service = salon.service(json!({})).await;
    for (name, value) in [
        ("origin", SHOP),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "null"),
    ] {
        for path in ["/embed/salon/book", "/embed/salon/book/waitlist"] {
            let fields =
                [("service_id", service.as_str()), ("name", "Ana"), ("email", "ana@customer.example")];
            let forged = app.request("POST", path).header(name, value).header("accept", "text/html");
            let refused = forged.form(&fields).await;
            assert_eq!(
                (refused.status, ancestors(&refused).0.as_str()),
                (403, SHOP),
                "{path} {name}: {value}"
            );
        }
    }
    assert_eq!(salon.get("/bookings").await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn a_deposit_is_paid_and_a_booking_managed_outside_of_the_frame() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    allow(&salon, &[SHOP]).await;
    salon.set_plan("pro").await;
    let service = salon.service(json!({"price_cents": 9_000, "deposit_rate": 0.5})).await;
    let mut browser = Browser::new(&app);
    let details =
        format!("/embed/salon/book/details?service_id={service}&start=2030-03-05T10:00:00Z&lang=en");
    browser.open(&details).await;
    browser.submit("/embed/salon/book?lang=en", &[("name", "Ana"), ("email", "ana@customer.example")]).await;
    let page = browser.page.text.clone();
    assert!(browser.address.starts_with("/embed/salon/manage/"), "{}", browser.address);
    let token = browser.address.split(['/', '?']).nth(4).unwrap().to_owned();
    let pay = format!("/manage/{token}/checkout");
    assert!(page.contains("data-held") && !page.contains("data-booked"), "{page}");
    assert!(page.contains("<base target=\"_blank\">"), "{page}");
    assert!(page.replace("&#x2F;", "/").contains(&format!("href=\"{pay}\"")), "{page}");
    assert_eq!(app.request("GET", &format!("/embed/salon{pay}")).await.status, 404);
    assert_eq!(ancestors(&app.request("GET", &pay).await), ("'none'".to_owned(), true));
    let mut outside = Browser::new(&app);
    outside.open(&pay).await;
    outside.submit(&pay, &[]).await;
    // Whoever comes back to the frame sees it.
    let address = browser.address.clone();
    assert!(browser.open(&address).await.text.contains("data-booked"), "{}", browser.page.text);
}

#[tokio::test]
async fn the_waitlist_is_joined_in_the_frame() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    allow(&salon, &[SHOP]).await;
    let service = salon.service(json!({})).await;
    let mut browser = Browser::new(&app);
    browser.open(&format!("/embed/salon/book/waitlist?service_id={service}&lang=en")).await;
    let fields = [("name", "Ana"), ("email", "ana@customer.example")];
    browser.submit("/embed/salon/book/waitlist?lang=en", &fields).await;
    assert!(browser.address.starts_with("/embed/salon/waitlist/"), "{}", browser.address);
    assert_eq!((browser.page.status, ancestors(&browser.page)), (200, (SHOP.to_owned(), false)));
}

#[tokio::test]
async fn the_frame_of_one_tenant_shows_nothing_of_another_and_follows_its_own() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    allow(&other, &["https://evil.example"]).await;
    salon.service(json!({})).await;
    let booked = salon.book("Ana", "2030-03-05T10:00:00Z").await.expect(201);
    let token = booked["manage_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert_eq!(app.request("GET", &format!("/embed/salon/manage/{token}")).await.status, 200);
    let foreign = app.request("GET", &format!("/embed/other/manage/{token}")).await;
    assert!(foreign.status == 404 && !foreign.text.contains("Ana"), "{}", foreign.text);
    let service = salon.booking("Ana", "x")["service_id"].clone();
    let path = format!("/embed/other/book/time?service_id={}", service.as_str().unwrap());
    assert_eq!(app.request("GET", &path).await.status, 404);
    // A website that names a former address still shows the tenant.
    let mut browser = Browser::of(&salon).await;
    browser.open("/app/settings/link").await;
    browser.submit("/app/settings/link", &[("slug", "embassy")]).await;
    let moved = Browser::new(&app).request("GET", "/embed/salon/book?lang=fr").await;
    assert_eq!((moved.status, moved.header("location")), (302, "/embed/embassy/book?lang=fr"));
}

#[tokio::test]
async fn the_script_has_one_address_and_is_asked_for_again() {
    let app = TestApp::start().await;
    let script = app.request("GET", "/embed.js").await;
    assert_eq!((script.status, script.header("content-type")), (200, "text/javascript; charset=utf-8"));
    assert_eq!(script.header("cache-control"), "public, max-age=3600, stale-while-revalidate=86400");
    assert_eq!(script.header("cross-origin-resource-policy"), "cross-origin");
    assert!(script.text.len() < 8_000, "{} bytes", script.text.len());
    let known = script.header("etag").to_owned();
    assert_eq!(app.request("GET", "/embed.js").header("if-none-match", &known).await.status, 304);
}

#[tokio::test]
async fn the_settings_name_websites_and_show_the_code() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let path = "/app/settings/embedding";
    let mut browser = Browser::of(&salon).await;
    let page = browser.open(path).await;
    assert!(page.header("content-security-policy").contains("frame-src 'self';"), "{:?}", page.headers);
    assert_eq!(ancestors(page), ("'none'".to_owned(), true));
    let text = page.text.replace("&#x2F;", "/").replace("&amp;", "&");
    for told in ["/embed.js&quot; data-tenant=&quot;salon&quot; async", "src=\"/embed/salon/book?preview=1\""]
    {
        assert!(text.contains(told), "{told}: {text}");
    }
    let mut other = Browser::of(&salon).await;
    other.open(path).await;
    browser.submit(path, &[("origins", " shop.example \r\n\r\nhttps://www.shop.example/\r\n")]).await;
    assert_eq!(browser.value(path, "origins"), "https://shop.example\nhttps://www.shop.example");
    // Somebody else has the page open: nothing of either is lost.
    other.submit(path, &[("origins", "https://else.example")]).await;
    assert_eq!(other.page.status, 412, "{}", other.page.text);
    assert!(other.page.text.replace("&#x2F;", "/").contains("https://www.shop.example"));
    assert_eq!(other.value(path, "origins"), "https://else.example");
    other.submit(path, &[]).await;
    assert_eq!(salon.get("/embedding").await.expect(200), json!({"origins": ["https://else.example"]}));
    // What is wrong is told with its line, and what was typed stays.
    browser.open(path).await;
    browser.submit(path, &[("origins", "a.example\n\nhttp://b.example/\n*.c.example")]).await;
    let page = browser.page.text.replace("&#x2F;", "/");
    assert!(page.contains("“http://b.example/”: The address must begin with https://."), "{page}");
    assert_eq!(browser.value(path, "origins"), "a.example\n\nhttp://b.example/\n*.c.example");
    // The code of one service, behind a button.
    let asked = format!("{path}?service_id={service}&mode=button&frame_lang=fr");
    let text = browser.open(&asked).await.text.clone();
    let told =
        format!("data-service=&quot;{service}&quot; data-lang=&quot;fr&quot; data-mode=&quot;button&quot;");
    assert!(text.contains(&told) && text.contains("Prendre rendez-vous"), "{text}");
    let odd = format!("{path}?service_id=%22%3E%3Cscript%3E&mode=x&frame_lang=de");
    let text = browser.open(&odd).await.text.clone();
    assert!(
        !text.contains("data-service") && !text.contains("data-mode") && !text.contains("<script>"),
        "{text}"
    );
    // Who may not change it sees it.
    let mut staff = Browser::member(&salon, Role::Staff).await;
    let page = staff.open(path).await;
    assert!(page.status == 200 && page.text.contains("disabled"), "{}", page.text);
}
