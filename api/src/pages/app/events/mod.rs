//! Private events: what is done besides, in a list, and the form of one.

pub mod form;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use domain::access::Permission;
use domain::id::{BlockId, PrivateEventId, StaffId};
use serde::{Deserialize, Serialize};
use store::private_events::{Busy, BusyFilter};
use templates::describe;

use crate::extract::{PageMember, Query, Read};
use crate::list::PageQuestion;
use crate::pages::form::Choice;
use crate::pages::{Reader, next_page, render};
use crate::problem::{Result, failed};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    staff_id: String,
    cursor: Option<String>,
}

#[derive(Serialize)]
struct Content {
    current: &'static str,
    staff_id: String,
    staff: Vec<Choice>,
    events: Vec<Line>,
    next: Option<String>,
    may_manage: bool,
}

/// One occurrence.
#[derive(Serialize)]
struct Line {
    id: PrivateEventId,
    occurrence: NaiveDateTime,
    title: String,
    staff: String,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    zone: &'static str,
    /// Of whole days the first and the last.
    days: Option<(NaiveDate, NaiveDate)>,
    /// In words.
    recurs: Option<String>,
}

/// From today on, page after page.
pub async fn list(
    reader: Reader,
    member: PageMember<Read>,
    question: Result<Query<Question>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(question) = question?;
            let (frame, _) = member.frame(&reader).await?;
            let wanted = PageQuestion { limit: Some(50), cursor: question.cursor.clone() }
                .read::<(DateTime<Utc>, uuid::Uuid)>()?;
            let staff_id: Option<StaffId> = question.staff_id.parse().ok();
            let filter = BusyFilter {
                from: member.now,
                to: None,
                staff_id,
                after: wanted.after.map(|(at, id)| (at, BlockId(id))),
            };
            let (found, staff) = member
                .tenant
                .read(async |tx| {
                    let found = store::private_events::busy(tx, &filter, wanted.and_one()).await?;
                    Ok::<_, store::Error>((found, store::staff::list(tx).await?))
                })
                .await?;
            let page = wanted.page(found, |last| (last.starts_at, last.id.0), |one| one);
            let text = reader.text(frame.lang);
            let line = |one: Busy| -> Result<Line> {
                let (first, after) = (one.occurrence.date(), (one.occurrence + one.event.length()).date());
                let rule = one.event.rule()?;
                let recurs =
                    rule.map(|rule| describe(&rule, one.event.starts_at_wall, one.event.timezone, text));
                Ok(Line {
                    id: one.event.id,
                    occurrence: one.occurrence,
                    title: one.event.title,
                    staff: one.staff_name,
                    from: one.occurs_from,
                    to: one.occurs_until,
                    zone: one.event.timezone.name(),
                    days: one.event.all_day.then_some((first, after.pred_opt().unwrap_or(after))),
                    recurs: recurs.transpose().map_err(|error| failed(&error))?,
                })
            };
            let asked = [("staff_id", question.staff_id.as_str())];
            let content = Content {
                current: "calendar",
                next: page.next_cursor.map(|cursor| next_page("/app/events", &asked, &cursor)),
                events: page.data.into_iter().map(line).collect::<Result<_>>()?,
                staff: staff
                    .into_iter()
                    .map(|one| Choice { value: one.id.to_string(), label: one.name })
                    .collect(),
                staff_id: question.staff_id,
                may_manage: member.role.may(Permission::ManageCatalogue),
            };
            render(&member.state, &frame, StatusCode::OK, "app/events", &content)
        })
        .await
}
