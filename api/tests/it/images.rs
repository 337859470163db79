//! Pictures: what is taken, what comes of it, what is left when it goes.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use testkit::{Answer, Salon, TestApp};

/// A picture of some colours.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let color = |x: u32, y: u32| Rgb([u8::try_from(x % 256).unwrap(), u8::try_from(y % 256).unwrap(), 90]);
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, color));
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    picture(width, height, ImageFormat::Png)
}

/// The addresses of a picture's variants.
fn addresses(image: &Value) -> Vec<String> {
    let variants = image["variants"].as_array().unwrap();
    variants.iter().map(|variant| variant["url"].as_str().unwrap().to_owned()).collect()
}

async fn show(app: &TestApp, address: &str) -> Answer {
    app.request("GET", address).await
}

/// Bytes that the plan counts, and those that lie on the disk.
async fn stored(salon: &Salon<'_>) -> (u64, u64) {
    let plan = salon.get("/plan").await.expect(200);
    let limits = plan["limits"].as_array().unwrap();
    let counted = limits.iter().find(|limit| limit["limit"] == "storage_bytes").unwrap()["used"].clone();
    let sql = "SELECT coalesce(sum(size_bytes), 0)::bigint FROM images WHERE tenant_id = $1";
    let admin = salon.app.database.admin().await;
    let kept: i64 = admin.query_one(sql, &[&salon.id.0]).await.unwrap().get(0);
    (counted.as_u64().unwrap(), kept.unsigned_abs())
}

#[tokio::test]
async fn a_service_shows_its_picture_in_every_width() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(json!({})).await;
    let path = format!("/services/{id}/image");
    let sent = picture(800, 400, ImageFormat::Jpeg);
    let service = salon.put(&path).form_with_file(&[("csrf", "x")], "cut.jpg", "image/jpeg", &sent).await;
    assert_eq!(service.header("etag"), "\"2\"");
    let image = service.expect(200)["image"].clone();
    assert_eq!((&image["width"], &image["height"]), (&json!(800), &json!(400)));
    let public = salon.public("GET", "/services").await.expect(200);
    assert_eq!(public["data"][0]["image"], image);
    assert_eq!(addresses(&image).len(), 4);
    for address in addresses(&image) {
        let shown = show(&app, &address).await;
        assert_eq!((shown.status, shown.header("content-type")), (200, "image/jpeg"), "{address}");
        for (name, value) in [
            ("cache-control", "public, max-age=31536000, immutable"),
            ("x-content-type-options", "nosniff"),
            ("content-disposition", "inline"),
            ("content-security-policy", "default-src 'none'; sandbox"),
        ] {
            assert_eq!(shown.header(name), value, "{address}");
        }
        let again = app.request("GET", &address).header("if-none-match", shown.header("etag")).await;
        assert_eq!((again.status, again.text.len()), (304, 0));
        assert_eq!(app.request("HEAD", &address).await.status, 200);
    }
    // Alone, without a form; and the service is changed by it as by anything else.
    let old = salon.put(&path).header("if-match", "\"1\"").file("image/png", png(64, 64)).await;
    old.refused(412, "VERSION_MISMATCH");
    let alone = salon.put(&path).header("if-match", "\"2\"").file("image/png", png(64, 64)).await.expect(200);
    assert_eq!((&alone["image"]["width"], &alone["version"]), (&json!(64), &json!(3)));
}

#[tokio::test]
async fn a_logo_and_a_cover_stand_in_the_profile_until_they_are_taken_away() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for place in ["logo", "cover"] {
        let path = format!("/tenant/{place}");
        let tenant = salon.put(&path).file("image/png", png(64, 48)).await.expect(200);
        assert_eq!(tenant[place]["height"], 48);
        assert_eq!(salon.get("/tenant").await.expect(200), tenant);
        let changed = salon.patch("/tenant").json(&json!({"about": "Cuts"})).await.expect(200);
        assert_eq!(changed[place], tenant[place]);
        for _twice in 0..2 {
            salon.delete(&path).await.expect(204);
        }
        assert_eq!(salon.get("/tenant").await.expect(200)[place], Value::Null);
    }
    assert_eq!(stored(&salon).await, (0, 0));
}

#[tokio::test]
async fn files_go_after_the_picture_and_never_before() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let id = salon.service(json!({})).await;
    let path = format!("/services/{id}/image");
    let put =
        async |bytes: Vec<u8>| salon.put(&path).file("image/png", bytes).await.expect(200)["image"].clone();
    let first = put(png(200, 200)).await;
    let second = put(png(300, 200)).await;
    let (counted, kept) = stored(&salon).await;
    assert_eq!(counted, kept);
    // Replaced, and still there: somebody may be looking at a page that names it.
    assert_eq!(show(&app, &addresses(&first)[0]).await.status, 200);
    app.run_jobs().await;
    for address in addresses(&first) {
        show(&app, &address).await.refused(404, "NOT_FOUND");
    }
    // What was announced is looked after in an hour: what stands then stays.
    app.clock.advance(chrono::TimeDelta::hours(2));
    app.run_jobs().await;
    for address in addresses(&second) {
        assert_eq!(show(&app, &address).await.status, 200);
    }
    // The token is over by now.
    let token = salon.member(domain::access::Role::Owner).await;
    app.delete(&path).bearer(&token).await.expect(204);
    app.run_jobs().await;
    show(&app, &addresses(&second)[0]).await.refused(404, "NOT_FOUND");
    let sql = "SELECT used FROM usage WHERE tenant_id = $1 AND \"limit\" = 'storage_bytes'";
    let used: i64 = app.database.admin().await.query_one(sql, &[&salon.id.0]).await.unwrap().get(0);
    assert_eq!(used, 0);
}

#[tokio::test]
async fn files_that_no_row_ever_named_are_removed() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.service(json!({})).await;
    // The files are written and the row is refused: the plan has no room.
    let sql = "INSERT INTO usage VALUES ($1, 'storage_bytes', '1970-01-01', 100000000)";
    app.database.admin().await.execute(sql, &[&salon.id.0]).await.unwrap();
    let refused = salon.put("/tenant/logo").file("image/png", png(64, 64)).await;
    let problem = refused.refused(402, "PLAN_LIMIT_REACHED");
    assert_eq!(
        (&problem["limit"], &problem["used"], &problem["lifted_by"]),
        (&json!("storage_bytes"), &json!(100_000_000), &json!("pro"))
    );
    assert_eq!(salon.get("/tenant").await.expect(200)["logo"], Value::Null);
    let folder = app.files_folder().join(salon.id.to_string()).join("images");
    let count = || {
        std::fs::read_dir(&folder)
            .unwrap()
            .map(|image| std::fs::read_dir(image.unwrap().path()).unwrap().count())
            .sum::<usize>()
    };
    assert_eq!(count(), 1);
    app.clock.advance(chrono::TimeDelta::hours(2));
    app.run_jobs().await;
    assert_eq!(count(), 0);
}

#[tokio::test]
async fn uploads_at_one_time_are_counted_each() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let mut paths = vec!["/tenant/logo".to_owned(), "/tenant/cover".to_owned()];
    for _ in 0..4 {
        paths.push(format!("/services/{}/image", salon.service(json!({})).await));
    }
    let puts = paths.iter().flat_map(|path| {
        [32, 48].map(|side| {
            std::future::IntoFuture::into_future(salon.put(path).file("image/png", png(side, side)))
        })
    });
    for answer in futures_util::future::join_all(puts).await {
        answer.expect(200);
    }
    let (counted, kept) = stored(&salon).await;
    assert!(counted > 0);
    assert_eq!(counted, kept);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_whatever_it_calls_itself() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
    let whole = picture(400, 400, ImageFormat::Jpeg);
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x06\0\0\0".to_vec();
    bomb.extend(0x6627_f8ba_u32.to_be_bytes());
    bomb.extend(b"\0\0\0\x10IDAT0123456789abcdef\0\0\0\0");
    for (what, bytes) in [
        ("an SVG", svg),
        ("a page", b"<!doctype html><script>alert(1)</script>".to_vec()),
        ("a text", b"cut.png".to_vec()),
        ("half a picture", whole[..whole.len() / 3].to_vec()),
        ("a bomb", bomb),
        ("a line", png(4, 400)),
    ] {
        for content_type in ["image/png", "image/svg+xml", "text/html"] {
            let sent = salon.put("/tenant/logo").form_with_file(&[], "logo.png", content_type, &bytes).await;
            let problem = sent.refused(422, "INVALID");
            assert_eq!(problem["errors"][0]["pointer"], "/file", "{what}: {problem}");
        }
    }
    for bytes in [&b""[..], &b"\0"[..]] {
        let sent = salon.put("/tenant/logo").form_with_file(&[], "logo.png", "image/png", bytes).await;
        sent.refused(422, "INVALID");
    }
    let json = salon.put("/tenant/logo").json(&json!({"file": "x"})).await;
    json.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    let page = salon.put("/tenant/logo").file("text/html", png(64, 64)).await;
    page.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    let broken =
        salon.put("/tenant/logo").file("multipart/form-data; boundary=x", b"--x\r\nnonsense".to_vec()).await;
    broken.refused(422, "INVALID");
    let large = salon.put("/tenant/logo").file("image/png", vec![0; 11_000_000]).await;
    large.refused(413, "BODY_TOO_LARGE");
    assert_eq!(stored(&salon).await, (0, 0));
}

#[tokio::test]
async fn nothing_of_what_was_sent_is_served() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    // A picture and a page in one file.
    let sent = [&png(64, 64)[..], b"<script>alert(1)</script>"].concat();
    let tenant = salon.put("/tenant/cover").file("image/png", sent).await.expect(200);
    let address = &addresses(&tenant["cover"])[0];
    let shown = show(&app, address).await;
    assert!(!shown.text.contains("script"));
    for other in [
        address.replace(".jpg", ".html"),
        address.replace(".jpg", ".svg"),
        address.replace("-64", "-65"),
        address.replace("-64", "-064"),
        address.to_uppercase().replace("/MEDIA/", "/media/"),
        address.replace(&salon.id.to_string(), "019c0000-0000-7000-8000-000000000000"),
        format!("{address}%00"),
        format!("/media/{}/..%2F..%2Fx", salon.id),
        "/media/x/y".to_owned(),
    ] {
        let answer = show(&app, &other).await;
        assert_eq!(answer.status, 404, "{other}: {}", answer.text);
    }
}
