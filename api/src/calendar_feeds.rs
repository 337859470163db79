//! Calendars of staff members, for other programs: an address that they read, and files of theirs that are taken over.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::calendar_uid;
use domain::id::{StaffId, TenantId};
use domain::locale::Locale;
use domain::rejection::{Code, Rejection};
use futures_util::join;
use providers::calendars::ics::{self, File};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::audit::By;
use store::calendar_feeds::{self, Entry};
use store::private_events::{self, Imported, Report};
use store::tenant_access::{self, TenantAccess};
use templates::{CalendarFeed, FeedEntry, FeedTime};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::extract::{Anybody, CalendarUpload, Caller, Json, ManageCatalogue, Path, Read, Submission};
use crate::idempotency::Answer;
use crate::limit::READ;
use crate::problem::{Problem, Result, failed};
use crate::random;
use crate::state::State;

/// Bytes of a token beside the tenant's id: more than anybody guesses (RFC 4086).
const SECRET: usize = 20;
/// Bytes of a tenant's id.
const OWNER: usize = 16;

/// Whether a staff member's calendar can be read from elsewhere, and what of it.
#[derive(Serialize, ToSchema)]
pub struct FeedView {
    /// Whether there is an address.
    is_open: bool,
    /// False: it says that the time is taken, and no more.
    shows_details: bool,
    /// The address: told once, when it is made. Whoever has it reads without signing in.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    renewed_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewFeed {
    /// Who comes and for what, too; false: it says that the time is taken.
    shows_details: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateFeed {
    shows_details: bool,
}

/// A new address of a tenant's: what is told, and what is kept.
pub(crate) fn mint(state: &State, tenant_id: TenantId) -> (String, [u8; 32]) {
    let secret = random::bytes::<SECRET>();
    let mut token = tenant_id.0.as_bytes().to_vec();
    token.extend_from_slice(&secret);
    let token = URL_SAFE_NO_PAD.encode(token);
    (format!("{}/ical/{token}.ics", state.links.public_url()), Sha256::digest(secret).into())
}

fn parse(file: &str) -> Option<(TenantId, [u8; 32])> {
    let bytes = URL_SAFE_NO_PAD.decode(file.strip_suffix(".ics")?).ok()?;
    let (owner, secret) = bytes.split_at_checked(OWNER)?;
    let owner = Uuid::from_slice(owner).ok()?;
    (secret.len() == SECRET).then(|| (TenantId(owner), Sha256::digest(secret).into()))
}

pub async fn show(caller: Caller<Read>, id: Path<StaffId>) -> Result<HttpResponse> {
    let feed = caller.tenant.read(async |tx| calendar_feeds::find(tx, *id).await).await?;
    Ok(HttpResponse::Ok().json(FeedView {
        is_open: feed.is_some(),
        shows_details: feed.as_ref().is_some_and(|feed| feed.shows_details),
        url: None,
        renewed_at: feed.map(|feed| feed.updated_at),
    }))
}

pub async fn create(
    caller: Caller<ManageCatalogue>,
    id: Path<StaffId>,
    submission: Submission<RenewFeed>,
) -> Result<Answer> {
    let (now, by) = (caller.now, caller.by());
    let (url, hash) = mint(&caller.state, caller.tenant.id());
    let renewed = caller.tenant.transaction(async |tx| {
        calendar_feeds::renew(tx, *id, hash, submission.body.shows_details, &by, now).await
    });
    let feed = renewed.await?;
    // Not kept under a key: what opens a calendar stands nowhere but with who asked.
    Answer::created(&FeedView {
        is_open: true,
        shows_details: feed.shows_details,
        url: Some(url),
        renewed_at: Some(feed.updated_at),
    })
}

pub async fn update(
    caller: Caller<ManageCatalogue>,
    id: Path<StaffId>,
    Json(body): Json<UpdateFeed>,
) -> Result<HttpResponse> {
    let (now, by) = (caller.now, caller.by());
    let change =
        async |tx: &mut store::TenantTx| calendar_feeds::update(tx, *id, body.shows_details, &by, now).await;
    let feed = caller.tenant.transaction(change).await?;
    Ok(HttpResponse::Ok().json(FeedView {
        is_open: true,
        shows_details: feed.shows_details,
        url: None,
        renewed_at: Some(feed.updated_at),
    }))
}

pub async fn destroy(caller: Caller<ManageCatalogue>, id: Path<StaffId>) -> Result<HttpResponse> {
    let (now, by) = (caller.now, caller.by());
    caller.tenant.transaction(async |tx| calendar_feeds::revoke(tx, *id, &by, now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The calendar itself. Of an address that never was, and of one that was taken back, the same 404.
pub async fn calendar(anybody: Anybody, request: HttpRequest, token: Path<String>) -> Result<HttpResponse> {
    let state = &anybody.state;
    state.take(READ, &anybody.ip).await?;
    let (tenant_id, hash) = parse(&token).ok_or(Code::NotFound)?;
    let tenant = state.store.tenant(tenant_id);
    let identity = state.store.identity();
    let (entries, access) = join!(
        tenant.read(async |tx| calendar_feeds::entries(tx, hash, anybody.now).await),
        identity.statement(async |tx| tenant_access::find(tx, tenant_id).await),
    );
    let (entries, access): (Vec<Entry>, TenantAccess) = (entries?, access?);
    let Some((feed, entries)) = entries.split_first() else { return Err(Code::NotFound.into()) };
    if access.suspended_at.is_some() {
        return Err(Code::TenantSuspended.into());
    }
    let body = text(state, feed, entries)?;
    let tag = format!("\"{}\"", domain::text::hex(&Sha256::digest(body.as_bytes())));
    let known = request.headers().get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((ETAG, tag))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header(("x-robots-tag", "noindex, nofollow"))
        .insert_header((CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "inline; filename=\"calendar.ics\""));
    Ok(if is_known { response.finish() } else { response.body(body) })
}

fn text(state: &State, feed: &Entry, entries: &[Entry]) -> Result<String> {
    let locale = Locale::from_name(&feed.code).unwrap_or(Locale::En);
    let texts = state.pages.templates.texts().of(locale);
    let busy = texts.t("calendar-feed-busy").map_err(|error| failed(&error))?;
    let public_url = state.links.public_url();
    let entries = entries.iter().map(|entry| {
        let is_booking = entry.kind == "booking";
        let (summary, description) = match (feed.shows_details, is_booking) {
            (false, _) => (busy.clone(), String::new()),
            (true, true) => (format!("{} · {}", entry.title, entry.detail), entry.code.clone()),
            (true, false) => (entry.title.clone(), entry.detail.clone()),
        };
        let uid = if is_booking {
            calendar_uid::of_booking(entry.id, public_url)
        } else {
            calendar_uid::of_occurrence(entry.id, &entry.code, public_url)
        };
        FeedEntry {
            uid,
            sequence: entry.sequence,
            stamp: entry.updated_at,
            time: match (entry.first_date, entry.last_date) {
                (Some(first), Some(after)) => FeedTime::Days { first, after },
                _ => FeedTime::Instants { from: entry.starts_at, until: entry.ends_at },
            },
            is_tentative: entry.is_tentative,
            summary,
            description,
            location: entry.address.clone().filter(|_| feed.shows_details),
        }
    });
    let calendar =
        CalendarFeed { name: format!("{} · {}", feed.title, feed.detail), entries: entries.collect() };
    Ok(calendar.to_ics())
}

/// What the taking over of a file came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarImportView {
    pub made: usize,
    pub updated: usize,
    /// Those that stood there already as they are in the file.
    pub unchanged: usize,
    /// Those that were imported before and are cancelled, or free, in the file.
    pub removed: usize,
    pub left_out_count: usize,
    /// The first hundred.
    pub left_out: Vec<LeftOutView>,
    /// Bookings that lie in what was taken over: they stand.
    pub overlap_count: usize,
    /// Public codes of the first twenty.
    pub overlaps: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOutView {
    pub title: String,
    pub code: String,
    pub detail: String,
}

/// Takes a file over for a staff member. Imported again it updates.
pub async fn import(
    caller: Caller<ManageCatalogue>,
    id: Path<StaffId>,
    CalendarUpload(upload): CalendarUpload,
) -> Result<HttpResponse> {
    let Some(bytes) = upload.file else {
        return Err(Rejection::invalid("/file", "REQUIRED", "must be a calendar file").into());
    };
    let public_url = caller.state.links.public_url();
    let view = take_over(&caller.tenant, *id, bytes, public_url, &caller.by(), caller.now).await?;
    Ok(HttpResponse::Ok().json(view))
}

pub(crate) async fn take_over(
    tenant: &store::Tenant,
    id: StaffId,
    bytes: actix_web::web::Bytes,
    public_url: &str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<CalendarImportView> {
    // Before the work: files for whom is not there are not even read.
    let zone: Tz = tenant
        .read(async |tx| {
            let own = store::staff::find(tx, id).await?.timezone;
            match own {
                Some(zone) => Ok::<_, store::Error>(zone),
                None => Ok(store::tenants::find(tx).await?.timezone),
            }
        })
        .await?;
    let read = tokio::task::spawn_blocking(move || ics::read(&bytes, zone)).await;
    let File { events, left_out } = match read {
        Ok(Ok(file)) => file,
        Ok(Err(why)) => return Err(Rejection::invalid("/file", why.code(), why.to_string()).into()),
        // A parser that gave up on what nobody should have sent.
        Err(panic) => {
            tracing::warn!(%panic, "a calendar file broke its parser");
            return Err(Rejection::invalid("/file", "INVALID", "can't be read").into());
        }
    };
    let titles: Vec<String> = events.iter().map(|event| event.title.clone()).collect();
    let file: Vec<Imported> = events
        .into_iter()
        .map(|event| Imported {
            own: calendar_uid::read(&event.uid, public_url),
            uid: event.uid,
            stands_for: event.stands_for,
            draft: event.draft,
        })
        .collect();
    let (report, overlaps) = tenant
        .transaction(async |tx| {
            let report = private_events::import(tx, id, &file, by, now).await?;
            let overlaps = private_events::overlaps(tx, &report.ids, now).await?;
            Ok::<_, Problem>((report, overlaps))
        })
        .await?;
    let Report { made, updated, unchanged, removed, left_out: refused, .. } = report;
    let unread = left_out.into_iter().map(|(title, why)| LeftOutView {
        title,
        code: why.code().to_owned(),
        detail: why.to_string(),
    });
    let refused = refused.into_iter().map(|(place, why)| {
        let error = why.errors.into_iter().next();
        LeftOutView {
            title: titles.get(place).cloned().unwrap_or_default(),
            code: error.as_ref().map_or(why.code.text(), |error| error.code).to_owned(),
            detail: error.map_or(why.detail, |error| {
                format!("{}: {}", error.pointer.trim_start_matches('/'), error.detail)
            }),
        }
    });
    let mut left_out: Vec<LeftOutView> = unread.chain(refused).collect();
    let left_out_count = left_out.len();
    left_out.truncate(100);
    Ok(CalendarImportView {
        made,
        updated,
        unchanged,
        removed,
        left_out_count,
        left_out,
        overlap_count: overlaps.count,
        overlaps: overlaps.codes,
    })
}
