//! The hot queries, asked of PostgreSQL as the app's role with ten thousand bookings: each must reach its index by time.

use domain::id::TenantId;
use domain::wall_clock::Interval;
use store::bookings::Filter;
use store::private_events::BusyFilter;
use store::{availability, bookings, calendar, private_events};
use testkit::{Salon, TestApp};
use uuid::Uuid;

/// Two tenants with five thousand bookings each, of one staff member, an hour each.
const FILL: &str = "
    INSERT INTO customers (tenant_id, id, name, name_key, email, email_key, locale, created_at, updated_at)
      SELECT tenant_id, tenant_id, 'Ana', 'ana', 'ana@customer.example', 'ana@customer.example', 'en', now(), now() FROM tenants;
    INSERT INTO customer_addresses (tenant_id, email_key, customer_id)
      SELECT tenant_id, 'ana@customer.example', tenant_id FROM tenants;
    INSERT INTO bookings (tenant_id, id, public_code, status, service_id, staff_id, customer_id, starts_at, ends_at,
        timezone, service_name, duration_minutes, buffer_before_minutes, buffer_after_minutes, price_cents, deposit_cents,
        currency, contact_name, contact_email, contact_email_key, locale, notify_email, notify_sms, created_at, updated_at)
      SELECT v.tenant_id, gen_random_uuid(), 'AA-' || lpad(n::text, 6, '0'), 'confirmed', v.id, s.id, v.tenant_id,
        t, t + interval '1 hour', 'UTC', 'Haircut', 60, 0, 0, 0, 0, 'EUR', 'Ana', 'ana@customer.example',
        'ana@customer.example', 'en', true, false, t, t
      FROM services v JOIN staff s USING (tenant_id),
        LATERAL (SELECT n, '2029-01-01T00:00Z'::timestamptz + n * interval '2 hours' AS t
          FROM generate_series(1, 5000) n) times;
    INSERT INTO allocations (tenant_id, id, resource_id, starts_at, ends_at, owner_kind, owner_id, counted_at)
      SELECT tenant_id, id, staff_id, starts_at, ends_at, 'booking', id, starts_at FROM bookings;
    INSERT INTO private_events (tenant_id, id, staff_id, title, timezone, all_day, starts_at_wall, ends_at_wall, created_at,
        updated_at)
      SELECT tenant_id, id, id, 'Lunch', 'UTC', false, '2029-01-01T12:00', '2029-01-01T13:00', now(), now() FROM staff;
    INSERT INTO busy_blocks (tenant_id, id, private_event_id, staff_id, occurrence, starts_at, ends_at, occurs_from, occurs_until)
      SELECT tenant_id, gen_random_uuid(), staff_id, staff_id, starts_at AT TIME ZONE 'UTC', starts_at, ends_at, starts_at, ends_at
      FROM bookings;
    INSERT INTO booking_terms (tenant_id, booking_id, term)
      SELECT tenant_id, id, 'word' || (row_number() OVER ())::text FROM bookings;
    ANALYZE";

async fn fill(salons: [&Salon<'_>; 2]) {
    for salon in salons {
        salon.service(serde_json::json!({})).await;
    }
    let admin = salons[0].app.database.admin().await;
    admin.batch_execute(FILL).await.unwrap();
    for table in ["bookings", "allocations", "busy_blocks"] {
        let count: i64 = admin.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap().get(0);
        assert_eq!(count, 10_000);
    }
}

/// What the plan says the index is searched by.
fn index_conditions(plan: &[String]) -> String {
    plan.iter().filter(|line| line.contains("Index Cond:")).map(String::as_str).collect()
}

#[tokio::test]
async fn the_time_that_is_taken_is_found_by_its_index() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    fill([&salon, &other]).await;
    let ids: Vec<Uuid> = vec![salon.first_staff().await.parse().unwrap()];
    let reach =
        Interval::new("2029-06-05T00:00:00Z".parse().unwrap(), "2029-06-06T00:00:00Z".parse().unwrap());
    let plan: store::Result<Vec<String>> = app
        .store
        .tenant(salon.id)
        .transaction(async |tx| availability::explain_taken(tx, &ids, reach).await)
        .await;
    let plan = plan.unwrap();
    let text = plan.join("\n");
    assert!(!text.contains("Seq Scan"), "{text}");
    let conditions = index_conditions(&plan);
    for part in [
        "allocations_starts_at",
        "Scan on busy_blocks_starts_at",
        "starts_at > ",
        "starts_at < ",
        "resource_id = ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
        assert!(part.ends_with("_starts_at") || conditions.contains(part), "{part}: {text}");
    }
}

async fn plan_of_list(app: &TestApp, tenant: TenantId, filter: Filter) -> Vec<String> {
    let plan: store::Result<Vec<String>> =
        app.store.tenant(tenant).transaction(async |tx| bookings::explain_list(tx, &filter, 51).await).await;
    plan.unwrap()
}

#[tokio::test]
async fn a_page_of_bookings_is_read_in_the_order_of_its_index() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    fill([&salon, &other]).await;
    let from = Some("2029-06-05T00:00:00Z".parse().unwrap());
    let to = Some("2029-07-05T00:00:00Z".parse().unwrap());
    let staff_id = Some(salon.first_staff().await.parse().unwrap());
    let of_month = Filter { from, to, ..Filter::default() };
    let of_staff = Filter { staff_id, ..of_month.clone() };
    for filter in [of_month, of_staff] {
        let plan = plan_of_list(&app, salon.id, filter).await;
        let (text, conditions) = (plan.join("\n"), index_conditions(&plan));
        assert!(!text.contains("Seq Scan on bookings"), "{text}");
        assert!(conditions.contains("starts_at >= ") && conditions.contains("starts_at < "), "{text}");
    }
    // Without bounds too: the limit ends it, nothing is sorted.
    let plan = plan_of_list(&app, salon.id, Filter::default()).await.join("\n");
    assert!(
        plan.contains("bookings_starts_at") && !plan.contains("Sort Key: bookings.starts_at\n"),
        "{plan}"
    );
}

#[tokio::test]
async fn bookings_are_found_by_the_words_of_their_answers() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    fill([&salon, &other]).await;
    for words in [vec!["word77".to_owned()], vec!["word77".to_owned(), "word7".to_owned()]] {
        let plan = plan_of_list(&app, salon.id, Filter { words, ..Filter::default() }).await;
        let (text, conditions) = (plan.join("\n"), index_conditions(&plan));
        assert!(text.contains("booking_terms_term") && !text.contains("Seq Scan on b"), "{text}");
        assert!(conditions.contains("term >= ") && conditions.contains("term < "), "{text}");
    }
}

#[tokio::test]
async fn what_waits_for_an_answer_is_counted_in_an_index_of_its_own() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    fill([&salon, &other]).await;
    let now = "2029-06-05T00:00:00Z".parse().unwrap();
    let plan: store::Result<Vec<String>> = app
        .store
        .tenant(salon.id)
        .transaction(async |tx| bookings::explain_count_pending(tx, now).await)
        .await;
    let plan = plan.unwrap();
    assert!(plan.join("\n").contains("bookings_pending"), "{plan:?}");
    assert!(index_conditions(&plan).contains("starts_at > "), "{plan:?}");
}

#[tokio::test]
async fn what_is_done_besides_is_found_by_its_index() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    fill([&salon, &other]).await;
    for staff_id in [None, Some(salon.first_staff().await.parse().unwrap())] {
        let filter = BusyFilter {
            from: "2029-06-05T00:00:00Z".parse().unwrap(),
            to: Some("2029-06-06T00:00:00Z".parse().unwrap()),
            staff_id,
            after: None,
        };
        let plan: store::Result<Vec<String>> = app
            .store
            .tenant(salon.id)
            .transaction(async |tx| private_events::explain_busy(tx, &filter, 51).await)
            .await;
        let plan = plan.unwrap();
        let text = plan.join("\n");
        assert!(!text.contains("Seq Scan on busy_blocks"), "{text}");
        let conditions = index_conditions(&plan);
        assert!(conditions.contains("starts_at > ") && conditions.contains("starts_at < "), "{text}");
    }
}

#[tokio::test]
async fn a_month_is_found_by_its_index() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    fill([&salon, &other]).await;
    let month =
        Interval::new("2029-06-01T00:00:00Z".parse().unwrap(), "2029-07-01T00:00:00Z".parse().unwrap());
    let plan: store::Result<Vec<String>> = app
        .store
        .tenant(salon.id)
        .transaction(async |tx| calendar::explain_month(tx, month, chrono_tz::Europe::Paris).await)
        .await;
    let plan = plan.unwrap();
    let text = plan.join("\n");
    assert!(!text.contains("Seq Scan on bookings"), "{text}");
    let conditions = index_conditions(&plan);
    assert!(conditions.contains("starts_at >= ") && conditions.contains("starts_at < "), "{text}");
}
