//! Free slots that are kept: never stale, whatever is changed, and never waited for.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use api::metrics::Metrics;
use api::slot_cache::SlotCache;
use chrono::{Days, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use domain::id::{ServiceId, StaffId};
use futures_util::future::join_all;
use queue::{Limits, RedisConfig};
use serde_json::{Value, json};
use store::availability::{self, Wish};
use testkit::{Answer, Salon, TestApp};

const TUESDAY: &str = "2030-03-05";

fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

/// How often a question was answered so.
fn count(app: &TestApp, outcome: &str) -> u64 {
    app.state.metrics.slot_cache().with_label_values(&[outcome]).get()
}

/// All that a visitor can be told of a service in the next weeks, by way of the cache and without it.
async fn told(app: &TestApp, salon: &Salon<'_>, service: &str, staff: Option<&str>) -> [Vec<String>; 2] {
    let service: ServiceId = service.parse().unwrap();
    let staff: Option<StaffId> = staff.map(|id| id.parse().unwrap());
    let wish = Wish::for_service(service).with_any(staff);
    let (now, zone) = (app.now(), Some(Tz::America__Sao_Paulo));
    let today = now.date_naive();
    let mut both = Vec::new();
    for store in [&app.state.store, &app.store] {
        let read: store::Result<Vec<String>> = store
            .tenant(salon.id)
            .read(async |tx| {
                let mut told = Vec::new();
                let mut tell = |answer: std::result::Result<String, store::Error>| {
                    told.push(answer.unwrap_or_else(|error| error.to_string()));
                };
                for days in [1, 2, 3, 8] {
                    let zone = zone.filter(|_| days < 3);
                    let day = availability::day(tx, wish, today + Days::new(days), zone, now).await;
                    tell(day.map(|day| format!("{day:?}")));
                }
                let dates = (today, today + Days::new(61));
                tell(availability::days(tx, wish, dates, zone, now).await.map(|days| format!("{days:?}")));
                tell(
                    availability::days(tx, wish.with_seats(2), dates, None, now)
                        .await
                        .map(|days| format!("{days:?}")),
                );
                let first = availability::first_of_each(tx, wish, Days::new(42), now).await;
                tell(first.map(|first| format!("{first:?}")));
                Ok(told)
            })
            .await;
        both.push(read.unwrap());
    }
    both.try_into().unwrap()
}

/// What is told before and after each change, which must be seen, and seen alike.
struct Walk<'a> {
    app: &'a TestApp,
    salon: &'a Salon<'a>,
    /// Services that are asked for, and of whom.
    asked: Vec<(String, Option<String>)>,
    last: Vec<Vec<String>>,
}

impl Walk<'_> {
    async fn all(&self) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        for (service, staff) in &self.asked {
            let [cached, computed] = told(self.app, self.salon, service, staff.as_deref()).await;
            assert_eq!(cached, computed, "{service} {staff:?}");
            all.push(cached);
        }
        all
    }

    /// Asked twice, so that it is the cache that answers.
    async fn look(&mut self) {
        self.all().await;
        let before = count(self.app, "computed");
        self.last = self.all().await;
        assert_eq!(count(self.app, "computed"), before, "all of it was kept");
    }

    async fn after(&mut self, what: &str, answer: Answer) -> Value {
        assert!((200..300).contains(&answer.status), "{what}: {} {}", answer.status, answer.text);
        let before = std::mem::take(&mut self.last);
        self.look().await;
        assert!(before != self.last, "{what} changes no answer: it proves nothing here");
        answer.body
    }
}

#[tokio::test]
async fn what_is_told_is_fresh_after_every_change() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    let first = salon.first_staff().await;
    let room = salon.room("Cabin").await;
    let class = salon
        .service(json!({"name": "Class", "capacity": 3, "deposit_rate": 0.2, "slot_step_minutes": 30}))
        .await;
    let both = salon.service(json!({"name": "Both", "is_collective": true})).await;
    let cut = salon.service(json!({"room_ids": [room], "horizon_days": 40})).await;
    let asked = vec![
        (cut.clone(), None),
        (cut.clone(), Some(first.clone())),
        (class.clone(), Some(first.clone())),
        (both.clone(), None),
    ];
    let mut walk = Walk { app: &app, salon: &salon, asked, last: Vec::new() };
    walk.look().await;

    let rules = json!({"rules": [{"weekday": 2, "start": "09:00", "end": "17:00"}, {"weekday": 4, "start": "09:00", "end": "12:00"}]});
    walk.after("opening rules", salon.put("/opening-rules").json(&rules).await).await;
    let pause = json!({"rules": [{"weekday": 2, "start": "12:00", "end": "13:00"}]});
    walk.after("break rules", salon.put("/break-rules").json(&pause).await).await;
    let bea = walk.after("a colleague", salon.post("/staff").json(&json!({"name": "Bea"})).await).await;
    let bea = id(&bea);
    let own = [("staff_id", bea.as_str())];
    let week = json!({"rules": [{"weekday": 2, "start": "10:00", "end": "16:00"}, {"weekday": 3, "start": "10:00", "end": "16:00"}]});
    walk.after("their own week", salon.put("/opening-rules").query(&own).json(&week).await).await;
    let limit = json!({"max_daily_bookings": 2, "timezone": "Europe/London"});
    walk.after("their zone", salon.patch(&format!("/staff/{bea}")).json(&limit).await).await;
    let from = [("effective_from", "2030-03-12")];
    let later = json!({"rules": [{"weekday": 2, "start": "14:00", "end": "18:00"}]});
    walk.after("a week from a date on", salon.put("/opening-rules").query(&from).json(&later).await).await;
    walk.after("no such week", salon.put("/opening-rules").query(&from).json(&json!({"rules": []})).await)
        .await;
    let of_service = [("service_id", cut.as_str())];
    let hours = json!({"rules": [{"weekday": 2, "start": "09:00", "end": "15:00"}, {"weekday": 4, "start": "09:00", "end": "12:00"}]});
    walk.after("hours of a service", salon.put("/opening-rules").query(&of_service).json(&hours).await).await;
    let opening = json!({"date": "2030-03-08", "start": "10:00", "end": "12:00"});
    walk.after(
        "no hours of its own",
        salon.put("/opening-rules").query(&of_service).json(&json!({"rules": []})).await,
    )
    .await;
    let opening = walk.after("an opening", salon.post("/openings").json(&opening).await).await;
    walk.after("no opening", salon.delete(&format!("/openings/{}", id(&opening))).await).await;
    let closure = json!({"starts_on": TUESDAY, "ends_on": TUESDAY, "reason": "Away", "staff_id": bea});
    let closure = walk.after("a closure", salon.post("/closures").json(&closure).await).await;
    walk.after("no closure", salon.delete(&format!("/closures/{}", id(&closure))).await).await;

    // Bookings, of a room and of seats.
    let booked = |name: &str, service: &str, start: &str| {
        let mut body = salon.booking(name, start);
        body["service_id"] = json!(service);
        body
    };
    let of = async |name: &str| {
        let found = salon.get("/bookings").query(&[("q", name)]).await.expect(200);
        format!("/bookings/{}", id(&found["data"][0]))
    };
    let ten = "2030-03-05T09:00:00Z";
    let ana = booked("Ana", &cut, ten);
    walk.after("a booking", salon.public("POST", "/bookings").json(&ana).await).await;
    let moved = json!({"start": "2030-03-05T13:00:00Z"});
    let path = format!("{}/reschedule", of("Ana").await);
    walk.after("a move", salon.post(&path).json(&moved).await).await;
    let path = format!("{}/cancellation", of("Ana").await);
    walk.after("a cancellation", salon.post(&path).json(&json!({})).await).await;
    let mut desk = booked("Bob", &cut, "2030-03-05T10:00:00Z");
    desk["staff_id"] = json!(bea);
    walk.after("the desk books", salon.post("/bookings").json(&desk).await).await;
    let mut seat = booked("Cleo", &class, "2030-03-05T14:00:00Z");
    seat["staff_id"] = json!(first);
    walk.after("a held seat", salon.public("POST", "/bookings").json(&seat).await).await;
    let mut seat = booked("Dora", &class, "2030-03-05T14:00:00Z");
    seat["staff_id"] = json!(first);
    walk.after("another seat", salon.post("/bookings").json(&seat).await).await;
    let path = format!("{}/cancellation", of("Dora").await);
    walk.after("a seat given back", salon.post(&path).json(&json!({})).await).await;
    let booking = of("Cleo").await.trim_start_matches("/bookings/").parse().unwrap();
    let ended = app.now() + TimeDelta::minutes(15);
    let hold: store::Result<_> = app
        .store
        .tenant(salon.id)
        .transaction(async |tx| store::bookings::expire(tx, booking, ended).await)
        .await;
    assert_eq!(hold.unwrap(), store::bookings::Hold::Over);
    let before = walk.last.clone();
    walk.look().await;
    assert!(before != walk.last, "the end of a hold");

    // Private events.
    let event = json!({"staff_id": first, "title": "Dentist", "start": "2030-03-05T15:00", "end": "2030-03-05T16:00", "recurrence": "FREQ=WEEKLY"});
    let event = walk.after("an event", salon.post("/events").json(&event).await).await;
    let path = format!("/events/{}", id(&event));
    let change = json!({"title": "Dentist", "start": "2030-03-05T16:00", "end": "2030-03-05T17:00", "recurrence": "FREQ=WEEKLY", "staff_id": bea});
    walk.after("somebody else's event", salon.put(&path).json(&change).await).await;
    let one = [("occurrence", "2030-03-12T16:00"), ("scope", "this")];
    walk.after("one of a series", salon.delete(&path).query(&one).await).await;
    walk.after("no event", salon.delete(&path).await).await;
    let file = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:fair\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:20300307\r\nDTEND;VALUE=DATE:20300308\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let import =
        salon.post(&format!("/staff/{first}/calendar-import")).file("text/calendar", file.as_bytes());
    walk.after("a calendar file", import.await).await;

    // What is asked for.
    let path = format!("/services/{cut}");
    for change in [
        json!({"duration_minutes": 45}),
        json!({"buffer_after_minutes": 120}),
        json!({"min_notice_minutes": 2_000}),
        json!({"horizon_days": 20}),
        json!({"bookable_until": "2030-03-14"}),
        json!({"slot_step_minutes": 15}),
        json!({"staff_ids": [bea]}),
        json!({"is_active": false}),
        json!({"is_active": true, "staff_ids": []}),
    ] {
        let what = format!("the service: {change}");
        let before = std::mem::take(&mut walk.last);
        salon.patch(&path).json(&change).await.expect(200);
        // Of one that nobody is told of, nothing is kept.
        walk.last = walk.all().await;
        assert!(before != walk.last, "{what}");
    }
    walk.look().await;
    walk.after("more seats", salon.patch(&format!("/services/{class}")).json(&json!({"capacity": 2})).await)
        .await;
    for path in [format!("/rooms/{room}"), format!("/services/{both}"), format!("/staff/{bea}")] {
        let before = walk.all().await;
        salon.delete(&path).await.expect(204);
        assert!(before != walk.all().await, "no {path}");
    }
    for (kind, id) in [("room", &room), ("service", &both), ("staff", &bea)] {
        let before = walk.all().await;
        let (tenant, now, by) = (app.store.tenant(salon.id), app.now(), store::audit::By::SYSTEM);
        let restored: store::Result<()> = tenant
            .transaction(async |tx| match kind {
                "room" => store::rooms::restore(tx, id.parse().unwrap(), by, now).await,
                "service" => store::services::restore(tx, id.parse().unwrap(), by, now).await,
                _ => store::staff::restore(tx, id.parse().unwrap(), by, now).await,
            })
            .await;
        restored.unwrap();
        assert!(before != walk.all().await, "the {kind} is back");
    }
    walk.look().await;
    walk.after("the zone", salon.patch("/tenant").json(&json!({"timezone": "Asia/Kolkata"})).await).await;
    // Time passes, and what is kept is still good.
    let computed = count(&app, "computed");
    for _ in 0..30 {
        app.clock.advance(TimeDelta::minutes(47));
        walk.all().await;
    }
    assert!(count(&app, "computed") - computed <= 4 * 2, "only the weeks that came within reach");
}

#[tokio::test]
async fn who_asks_at_once_is_answered_by_one_who_reckons() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    let date: NaiveDate = TUESDAY.parse().unwrap();
    let wish = Wish::for_service(service.parse().unwrap());
    let tenant = app.state.store.tenant(salon.id);
    let now = app.now();
    let all = join_all((0..8).map(async |_| {
        let day: store::Result<_> =
            tenant.read(async |tx| availability::day(tx, wish, date, None, now).await).await;
        format!("{:?}", day.unwrap())
    }))
    .await;
    assert!(all.iter().all(|day| day == &all[0]), "{all:?}");
    let of = |outcome| count(&app, outcome);
    assert_eq!((of("computed"), of("waited") + of("hit"), of("away")), (1, 7, 0));
}

fn redis_at(url: &str) -> Limits {
    Limits::new(&RedisConfig { url: url.into(), prefix: "test".to_owned() }, 0).unwrap()
}

#[tokio::test]
async fn without_redis_everything_is_reckoned_and_nobody_waits() {
    // A port where nobody listens, and one where somebody listens and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [closed, silent.local_addr().unwrap()] {
        let app = TestApp::start_with(|state| {
            let metrics = Metrics::new().unwrap();
            let shelf = SlotCache::on(&redis_at(&format!("redis://{address}")), &metrics);
            state.store = state.store.clone().with_shelf(shelf);
            state.metrics = metrics;
        })
        .await
        .ignore_jobs();
        let salon = app.tenant("salon").await;
        salon.service(json!({})).await;
        let began = Instant::now();
        for _ in 0..10 {
            assert!(!salon.starts(TUESDAY).await.is_empty());
        }
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        assert_eq!(count(&app, "away"), 10);
    }
}

#[tokio::test]
async fn what_others_put_there_is_reckoned_anew() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let service = salon.service(json!({})).await;
    #[expect(clippy::disallowed_methods, reason = "tests have no command line")]
    let url = std::env::var("TEST_REDIS_URL").unwrap();
    let client = redis::Client::open(url).unwrap();
    let mut redis = client.get_multiplexed_async_connection().await.unwrap();
    let pattern = format!("*slots:{}:{service}", salon.id);
    let free = salon.starts(TUESDAY).await;
    let keys: Vec<String> = redis::cmd("KEYS").arg(&pattern).query_async(&mut redis).await.unwrap();
    let [key] = keys.as_slice() else { panic!("{keys:?}") };
    let fields: Vec<String> = redis::cmd("HKEYS").arg(key).query_async(&mut redis).await.unwrap();
    let week = fields.iter().find(|field| field.parse::<i64>().is_ok()).unwrap();
    let life: i64 = redis::cmd("TTL").arg(key).query_async(&mut redis).await.unwrap();
    assert!((590..=600).contains(&life), "{life}");
    let kept: Vec<u8> = redis::cmd("HGET").arg(key).arg(week).query_async(&mut redis).await.unwrap();
    assert!(kept.len() < 1_000, "{} bytes", kept.len());
    let mut bent = kept.clone();
    bent[40] ^= 1;
    for poison in [bent, b"x".to_vec(), vec![0xff; 100_000], kept[..kept.len() - 1].to_vec()] {
        let _: i64 = redis::cmd("HSET").arg(key).arg(week).arg(poison).query_async(&mut redis).await.unwrap();
        let computed = count(&app, "computed");
        assert_eq!(salon.starts(TUESDAY).await, free);
        assert_eq!(count(&app, "computed"), computed + 1);
        assert_eq!(salon.starts(TUESDAY).await, free);
        assert_eq!(count(&app, "computed"), computed + 1, "it is mended");
    }
    // What belongs to another week, and what is no hash at all.
    let other = (week.parse::<i64>().unwrap() + 1).to_string();
    let _: i64 = redis::cmd("HSET").arg(key).arg(&other).arg(&kept).query_async(&mut redis).await.unwrap();
    assert_eq!(salon.starts("2030-03-12").await.len(), free.len());
    let _: String = redis::cmd("SET").arg(key).arg("foreign").query_async(&mut redis).await.unwrap();
    assert_eq!(salon.starts(TUESDAY).await, free);
    // Somebody said that they would fill it, and died.
    let _: i64 = redis::cmd("HDEL").arg(key).arg(week).query_async(&mut redis).await.unwrap();
    let far = "9999999999999";
    let _: i64 = redis::cmd("HSET").arg(key).arg("claimed").arg(far).query_async(&mut redis).await.unwrap();
    let began = Instant::now();
    assert_eq!(salon.starts(TUESDAY).await, free);
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    assert_eq!(count(&app, "away"), 0);
}
