//! What Harmony's availability is measured against: one endpoint by hand, on the fewest tables that can answer it.
//!
//! actix-web and tokio-postgres, with row-level security; every statement of a request goes out in one wave. No layers,
//! no limits, no log, no one-off openings, no closures, one step of 30 minutes.

use std::collections::HashMap;
use std::error::Error;

use actix_web::{App, HttpResponse, HttpServer, web};
use deadpool_postgres::{Config, ManagerConfig, Pool, PoolConfig, RecyclingMethod, Runtime};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use tokio_postgres::NoTls;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

const TENANT: &str = "SELECT set_config('app.tenant_id', $1::text, true)";
const ZONE: &str = "SELECT tz FROM tenants WHERE id = $1";
const SERVICE: &str = "SELECT minutes, buffer_minutes FROM services WHERE tenant_id = $1 AND id = $2";
const RULES: &str = "SELECT staff_id, opens, closes FROM opening_rules WHERE tenant_id = $1 AND dow = $2";
const BREAKS: &str = "SELECT staff_id, starts, ends FROM breaks WHERE tenant_id = $1 AND dow = $2";
/// The zone is not known yet: the day with 14 hours either side.
const BUSY: &str = "SELECT staff_id, starts_at, ends_at FROM bookings
    WHERE tenant_id = $1 AND status IN ('pending', 'confirmed')
      AND starts_at >= ($2::date::timestamp AT TIME ZONE 'UTC') - interval '14 h'
      AND starts_at < (($2::date + 1)::timestamp AT TIME ZONE 'UTC') + interval '14 h'";

#[derive(Deserialize)]
struct Question {
    tenant: Uuid,
    service: Uuid,
    date: Date,
}

#[derive(Serialize)]
struct Answer {
    date: Date,
    tz: String,
    staff: Vec<Free>,
}

#[derive(Serialize)]
struct Free {
    staff_id: Uuid,
    slots: Vec<Timestamp>,
}

type Binds<'a, const N: usize> = [&'a (dyn ToSql + Sync); N];

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = std::env::var("PORT")?.parse()?;
    let mut config = Config::new();
    config.url = Some(std::env::var("DATABASE_URL")?);
    config.manager = Some(ManagerConfig { recycling_method: RecyclingMethod::Fast });
    config.pool = Some(PoolConfig::new(10));
    let pool = web::Data::new(config.create_pool(Some(Runtime::Tokio1), NoTls)?);
    let app = move || App::new().app_data(pool.clone()).route("/availability", web::get().to(availability));
    HttpServer::new(app).workers(2).bind(("127.0.0.1", port))?.run().await?;
    Ok(())
}

async fn availability(pool: web::Data<Pool>, question: web::Query<Question>) -> HttpResponse {
    match answer(&pool, &question).await {
        Ok(Some(answer)) => HttpResponse::Ok().json(answer),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => {
            eprintln!("{error}");
            HttpResponse::InternalServerError().finish()
        }
    }
}

async fn answer(pool: &Pool, question: &Question) -> Result<Option<Answer>, Box<dyn Error>> {
    let Question { tenant, service, date } = question;
    let client = pool.get().await?;
    let name_tenant = client.prepare_cached(TENANT).await?;
    let find_zone = client.prepare_cached(ZONE).await?;
    let find_service = client.prepare_cached(SERVICE).await?;
    let list_rules = client.prepare_cached(RULES).await?;
    let list_breaks = client.prepare_cached(BREAKS).await?;
    let list_busy = client.prepare_cached(BUSY).await?;
    let text = tenant.to_string();
    let weekday = i32::from(date.weekday().to_monday_one_offset());
    let named: Binds<'_, 1> = [&text];
    let of_tenant: Binds<'_, 1> = [tenant];
    let of_service: Binds<'_, 2> = [tenant, service];
    let of_weekday: Binds<'_, 2> = [tenant, &weekday];
    let of_date: Binds<'_, 2> = [tenant, date];
    let (begun, named, zone, service, rules, breaks, bookings, committed) = futures_util::join!(
        client.batch_execute("BEGIN"),
        client.query(&name_tenant, &named),
        client.query_opt(&find_zone, &of_tenant),
        client.query_opt(&find_service, &of_service),
        client.query(&list_rules, &of_weekday),
        client.query(&list_breaks, &of_weekday),
        client.query(&list_busy, &of_date),
        client.batch_execute("COMMIT"),
    );
    begun?;
    named?;
    committed?;
    let (Some(zone), Some(service)) = (zone?, service?) else { return Ok(None) };
    let name: String = zone.get(0);
    let zone = TimeZone::get(&name)?;
    let at = |time: Time| -> Result<Timestamp, jiff::Error> {
        Ok(date.to_datetime(time).to_zoned(zone.clone())?.timestamp())
    };
    let length = SignedDuration::from_mins(i64::from(service.get::<_, i32>(0) + service.get::<_, i32>(1)));
    let mut busy: HashMap<Uuid, Vec<(Timestamp, Timestamp)>> = HashMap::new();
    for row in bookings? {
        busy.entry(row.get(0)).or_default().push((row.get(1), row.get(2)));
    }
    for row in breaks? {
        busy.entry(row.get(0)).or_default().push((at(row.get(1))?, at(row.get(2))?));
    }
    let now = Timestamp::now();
    let mut staff = Vec::new();
    for row in rules? {
        let staff_id: Uuid = row.get(0);
        let taken = busy.get(&staff_id).map_or(&[][..], Vec::as_slice);
        let (mut start, close) = (at(row.get(1))?, at(row.get(2))?);
        let mut slots = Vec::new();
        while start + length <= close {
            if start > now && !taken.iter().any(|&(from, to)| start < to && start + length > from) {
                slots.push(start);
            }
            start += 30.minutes();
        }
        staff.push(Free { staff_id, slots });
    }
    Ok(Some(Answer { date: *date, tz: name, staff }))
}
