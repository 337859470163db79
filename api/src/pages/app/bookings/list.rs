//! The list of bookings, narrowed by period, status, staff member and words.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Days, Utc};
use domain::access::Permission;
use domain::booking::Status;
use domain::wall_clock;
use futures_util::join;
use serde::{Deserialize, Serialize};
use store::bookings::{self, Appointment, Filter};

use super::{Choice, Sheet};
use crate::extract::{PageMember, Query, Read};
use crate::list::PageQuestion;
use crate::pages::{Reader, next_page, render};
use crate::problem::Result;

/// Rows of one page of the list.
const ROWS: i64 = 30;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuestion {
    period: String,
    status: String,
    staff_id: String,
    q: String,
    cursor: Option<String>,
}

#[derive(Serialize)]
struct List {
    current: &'static str,
    period: &'static str,
    status: String,
    staff_id: String,
    q: String,
    is_narrowed: bool,
    staff: Vec<Choice>,
    rows: Vec<Sheet>,
    next: String,
    may_book: bool,
}

/// Stretches of time that the list shows, the first unless another is chosen.
const PERIODS: [&str; 5] = ["upcoming", "today", "week", "past", "all"];

/// From when, until when, and whether the latest come first.
fn period(
    name: &str,
    zone: chrono_tz::Tz,
    now: DateTime<Utc>,
) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>, bool) {
    let today = now.with_timezone(&zone).date_naive();
    let (start, end) = wall_clock::day(zone, today).map_or((now, now), |day| (day.start, day.end));
    match name {
        "today" => (Some(start), Some(end), false),
        "week" => {
            let last = today.checked_add_days(Days::new(6)).and_then(|date| wall_clock::day(zone, date));
            (Some(start), Some(last.map_or(end, |day| day.end)), false)
        }
        "past" => (None, Some(now), true),
        "all" => (None, None, true),
        _ => (Some(start), None, false),
    }
}

pub async fn show(
    reader: Reader,
    member: PageMember<Read>,
    question: Result<Query<ListQuestion>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(question) = question?;
            let (frame, tenant) = member.frame(&reader).await?;
            let chosen = PERIODS.into_iter().find(|known| *known == question.period).unwrap_or("upcoming");
            let (from, to, latest_first) = period(chosen, tenant.timezone, member.now);
            let wanted = PageQuestion::read_kindly(ROWS, question.cursor.as_deref())?;
            let typed: String = question.q.chars().take(100).collect();
            let words = domain::customer::wanted(&typed);
            let code = domain::booking::beginning_of_code(&typed);
            let finds_nothing = words.is_empty() && code.is_none() && !typed.trim().is_empty();
            let filter = Filter {
                group_session_id: None,
                from,
                to,
                status: Status::from_name(&question.status),
                staff_id: question.staff_id.parse().ok(),
                words,
                code,
                latest_first,
                after: wanted.after,
                ..Filter::default()
            };
            let limit = if finds_nothing { 0 } else { wanted.and_one() };
            let (found, staff) = member
                .tenant
                .read(async |tx| {
                    let (found, staff) = join!(bookings::list(tx, &filter, limit), store::staff::list(tx));
                    Ok::<_, store::Error>((found?, staff?))
                })
                .await?;
            let place = |last: &Appointment| (last.booking.starts_at, last.booking.id);
            let page = wanted.page(found, place, |one| Sheet::new(&member, one, String::new()));
            let next = page.next_cursor.map(|cursor| {
                let asked = [
                    ("period", chosen),
                    ("status", &question.status),
                    ("staff_id", &question.staff_id),
                    ("q", &typed),
                ];
                next_page("/app/bookings", &asked, &cursor)
            });
            let content = List {
                current: "bookings",
                period: chosen,
                is_narrowed: !typed.is_empty() || filter.status.is_some() || filter.staff_id.is_some(),
                status: filter.status.map_or("", Status::name).to_owned(),
                staff_id: filter.staff_id.map(|id| id.to_string()).unwrap_or_default(),
                q: typed,
                staff: staff
                    .into_iter()
                    .map(|one| Choice { value: one.id.to_string(), label: one.name })
                    .collect(),
                rows: page.data,
                next: next.unwrap_or_default(),
                may_book: member.role.may(Permission::ManageBookings),
            };
            render(&member.state, &frame, StatusCode::OK, "app/bookings", &content)
        })
        .await
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Paris;

    use super::*;

    #[test]
    fn a_week_is_seven_dates_whatever_the_clocks_do() {
        let week = |now: &str| {
            let (from, to, _) = period("week", Paris, now.parse().unwrap());
            [from, to].map(|at| at.unwrap().with_timezone(&Paris).naive_local().to_string())
        };
        // The clocks go forward on the 31st of March, and back on the 27th of October.
        assert_eq!(week("2030-03-27T12:00:00Z"), ["2030-03-27 00:00:00", "2030-04-03 00:00:00"]);
        assert_eq!(week("2030-10-24T12:00:00Z"), ["2030-10-24 00:00:00", "2030-10-31 00:00:00"]);
    }
}
