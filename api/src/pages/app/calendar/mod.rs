//! The calendar: a day by staff, a week, a month, a list. Which of them, of which date and of whom stands in the address.

pub mod arrange;
mod day;
mod grid;
mod list;
mod month;
mod tones;
mod week;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use domain::access::Permission;
use domain::booking::Status;
use domain::id::{BookingId, ServiceId, StaffId};
use domain::rejection::{Code, YEARS};
use futures_util::join;
use serde::{Deserialize, Serialize};
use store::TenantTx;
use store::bookings::Booking;
use store::calendar::{Column, Day};
use store::services::{Offer, Which};
use store::staff::StaffMember;

use self::tones::{Legend, Tones};
use super::bookings::{Found, Sheet};
use crate::extract::{PageMember, Query, Read};
use crate::pages::form::Choice;
use crate::pages::{Reader, render};
use crate::problem::Result;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    view: Option<String>,
    date: Option<String>,
    staff: Option<String>,
    booking: Option<String>,
}

/// How much is shown, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Day,
    Week,
    Month,
    List,
}

/// What is looked at, as the address says it.
#[derive(Clone, Copy)]
struct Place {
    kind: Kind,
    date: NaiveDate,
    staff: Option<StaffId>,
}

/// What each view shows beside its own.
#[derive(Serialize)]
struct Bar {
    current: &'static str,
    view: &'static str,
    date: NaiveDate,
    /// The first and the last date that are shown.
    from: NaiveDate,
    to: NaiveDate,
    today: NaiveDate,
    /// Whether today is among them.
    has_today: bool,
    here: String,
    previous: String,
    next: String,
    to_today: String,
    views: Vec<Way>,
    staff: Vec<Choice>,
    /// Whose calendar it is; empty: everybody's.
    of_staff: String,
    zone: &'static str,
    currency: String,
    figures: Figures,
    legend: Vec<Legend>,
    /// The booking that is open.
    sheet: Option<Sheet>,
    may_book: bool,
    /// To take time outside of bookings.
    may_take: bool,
}

#[derive(Serialize)]
struct Way {
    view: &'static str,
    /// What is pressed to get there.
    key: &'static str,
    href: String,
    is_current: bool,
}

/// What is booked.
#[derive(Default, Serialize)]
struct Figures {
    booked: i64,
    pending: i64,
    price_minor: i64,
    deposit_minor: i64,
    /// Of a hundred; none: nobody works, or nobody asks.
    occupancy: Option<i64>,
}

#[derive(Serialize)]
struct Content<T> {
    #[serde(flatten)]
    bar: Bar,
    #[serde(flatten)]
    board: T,
}

/// Through whose eyes the calendar is drawn.
struct View<'a> {
    place: Place,
    zone: Tz,
    tones: &'a Tones,
    /// The booking that is open.
    open: Option<BookingId>,
    may_book: bool,
    is_week: bool,
    today: NaiveDate,
    now: DateTime<Utc>,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::List];

    const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::List => "list",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Day => "d",
            Self::Week => "w",
            Self::Month => "m",
            Self::List => "l",
        }
    }

    const fn page(self) -> &'static str {
        match self {
            Self::Day => "app/calendar_day",
            Self::Week => "app/calendar_week",
            Self::Month => "app/calendar_month",
            Self::List => "app/calendar_list",
        }
    }
}

impl Place {
    /// Its address. The day is what is shown unless something else is said.
    fn url(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if self.kind != Kind::Day {
            query.append_pair("view", self.kind.name());
        }
        query.append_pair("date", &self.date.to_string());
        if let Some(staff) = self.staff {
            query.append_pair("staff", &staff.to_string());
        }
        format!("/app/calendar?{}", query.finish())
    }

    fn on(self, date: NaiveDate) -> Self {
        Self { date, ..self }
    }

    fn as_a(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// The first and the last date that are shown. A list begins with its date; a month is made of whole weeks.
    fn range(&self) -> (NaiveDate, NaiveDate) {
        let week = |date: NaiveDate| date.week(Weekday::Mon);
        match self.kind {
            Kind::Day => (self.date, self.date),
            Kind::Week => (week(self.date).first_day(), week(self.date).last_day()),
            Kind::Month => {
                let (first, last) = self.month();
                (week(first).first_day(), week(last).last_day())
            }
            Kind::List => (self.date, after(self.date, 6)),
        }
    }

    /// The first and the last date of its month.
    fn month(&self) -> (NaiveDate, NaiveDate) {
        let first = self.date.with_day(1).unwrap_or(self.date);
        let last = first.checked_add_months(chrono::Months::new(1)).and_then(|next| next.pred_opt());
        (first, last.unwrap_or(first))
    }

    fn previous(&self) -> Self {
        self.on(match self.kind {
            Kind::Day => self.date.pred_opt().unwrap_or(self.date),
            Kind::Week | Kind::List => self.date.checked_sub_days(Days::new(7)).unwrap_or(self.date),
            Kind::Month => self.date.checked_sub_months(chrono::Months::new(1)).unwrap_or(self.date),
        })
    }

    fn next(&self) -> Self {
        self.on(match self.kind {
            Kind::Day => after(self.date, 1),
            Kind::Week | Kind::List => after(self.date, 7),
            Kind::Month => self.date.checked_add_months(chrono::Months::new(1)).unwrap_or(self.date),
        })
    }
}

fn after(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).unwrap_or(date)
}

impl Question {
    fn place(&self, today: NaiveDate) -> Place {
        let named = |kind: &Kind| self.view.as_deref() == Some(kind.name());
        Place {
            kind: Kind::ALL.into_iter().find(named).unwrap_or(Kind::Day),
            date: self.date.as_deref().and_then(parse_date).unwrap_or(today),
            staff: self.staff.as_deref().and_then(|id| id.parse().ok()),
        }
    }
}

pub async fn show(
    reader: Reader,
    member: PageMember<Read>,
    question: Result<Query<Question>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(question) = question?;
            let (frame, tenant) = member.frame(&reader).await?;
            let zone = tenant.timezone;
            let today = member.now.with_timezone(&zone).date_naive();
            let place = question.place(today);
            let open: Option<BookingId> = question.booking.as_deref().and_then(|id| id.parse().ok());
            let (shown, offers, staff, open) = member
                .tenant
                .read(async |tx| {
                    let (shown, offers, staff, open) = join!(
                        Shown::read(tx, place, zone),
                        store::services::page(tx, Which::All, None, 500),
                        store::staff::list(tx),
                        find(tx, open),
                    );
                    Ok::<_, store::Error>((shown?, offers?, staff?, open?))
                })
                .await?;
            let tones = Tones::new(offers.iter().map(tone_key));
            let sheet = open.map(|found| found.sheet(&member, place.url()));
            let view = View {
                place,
                zone,
                tones: &tones,
                open: sheet.as_ref().map(|sheet| sheet.id),
                may_book: member.role.may(Permission::ManageBookings),
                is_week: place.kind == Kind::Week,
                today,
                now: member.now,
            };
            let mut bar = Bar::new(&view, &tenant.currency, &staff);
            bar.sheet = sheet;
            bar.may_take = member.role.may(Permission::ManageCatalogue);
            let page = place.kind.page();
            let ok = StatusCode::OK;
            match &shown {
                Shown::Days(days) => {
                    let begun = days.days.iter().flat_map(Day::begun);
                    bar.figures = Figures::of(begun, &days.days);
                    let services: Vec<ServiceId> =
                        days.days.iter().flat_map(Day::begun).map(|booking| booking.service_id).collect();
                    bar.legend = view.tones.legend(&services);
                    match place.kind {
                        Kind::Week => {
                            let content = Content { bar, board: week::Board::new(days, &view) };
                            render(&member.state, &frame, ok, page, &content)
                        }
                        Kind::List => {
                            let content = Content { bar, board: list::Board::new(days, &view) };
                            render(&member.state, &frame, ok, page, &content)
                        }
                        Kind::Day | Kind::Month => {
                            let content = Content { bar, board: day::Board::new(days, &view) };
                            render(&member.state, &frame, ok, page, &content)
                        }
                    }
                }
                Shown::Month(shown) => {
                    bar.figures = month::figures(shown, place);
                    let entries = shown.days.iter().flat_map(|day| &day.first);
                    let services: Vec<ServiceId> = entries.map(|entry| entry.service_id).collect();
                    bar.legend = view.tones.legend(&services);
                    let content = Content { bar, board: month::Board::new(shown, &view) };
                    render(&member.state, &frame, ok, page, &content)
                }
            }
        })
        .await
}

/// What was read of the dates that are shown.
enum Shown {
    Days(store::calendar::Days),
    Month(store::calendar::Month),
}

impl Shown {
    async fn read(tx: &TenantTx, place: Place, zone: Tz) -> store::Result<Self> {
        let (range, staff) = (place.range(), place.staff);
        if place.kind == Kind::Month {
            let month = store::calendar::month(tx, range, staff, zone, month::FIRST).await?;
            return Ok(Self::Month(month));
        }
        Ok(Self::Days(store::calendar::days(tx, range, staff, zone).await?))
    }
}

/// A booking, if one is asked for and it is there.
async fn find(tx: &TenantTx, id: Option<BookingId>) -> store::Result<Option<Found>> {
    let Some(id) = id else { return Ok(None) };
    match super::bookings::find(tx, id).await {
        Err(error) if error.code() == Some(Code::NotFound) => Ok(None),
        found => found.map(Some),
    }
}

/// A date that calendars show.
pub(super) fn parse_date(text: &str) -> Option<NaiveDate> {
    text.parse::<NaiveDate>().ok().filter(|date| YEARS.contains(&date.year()))
}

/// By what a service gets its colour: its category, else its name.
fn tone_key(offer: &Offer) -> (ServiceId, &str) {
    (offer.service.id, offer.service.category.as_deref().unwrap_or(&offer.service.name))
}

impl Bar {
    fn new(view: &View<'_>, currency: &str, staff: &[StaffMember]) -> Self {
        let View { place, today, .. } = *view;
        let (from, to) = place.range();
        let way = |kind: Kind| Way {
            view: kind.name(),
            key: kind.key(),
            href: place.as_a(kind).url(),
            is_current: kind == place.kind,
        };
        let choice = |one: &StaffMember| Choice { value: one.id.to_string(), label: one.name.clone() };
        Self {
            current: "calendar",
            view: place.kind.name(),
            date: place.date,
            from,
            to,
            today,
            has_today: (from..=to).contains(&today),
            here: place.url(),
            previous: place.previous().url(),
            next: place.next().url(),
            to_today: place.on(today).url(),
            views: Kind::ALL.into_iter().map(way).collect(),
            staff: staff.iter().map(choice).collect(),
            of_staff: place.staff.map(|id| id.to_string()).unwrap_or_default(),
            zone: view.zone.name(),
            currency: currency.to_owned(),
            figures: Figures::default(),
            legend: Vec::new(),
            sheet: None,
            may_book: view.may_book,
            may_take: false,
        }
    }
}

impl Figures {
    fn of<'a>(begun: impl Iterator<Item = &'a Booking>, days: &[Day]) -> Self {
        let columns = || days.iter().flat_map(|day| &day.columns);
        let minutes: i64 = columns().map(Column::minutes).sum();
        let booked: i64 = columns().map(Column::booked_minutes).sum();
        let mut figures = Self { occupancy: grid::share(booked, minutes), ..Self::default() };
        for booking in begun {
            figures.booked += 1;
            figures.pending += i64::from(booking.status == Status::Pending);
            if booking.status.is_earned() {
                figures.price_minor += booking.price_cents;
                figures.deposit_minor += booking.deposit_cents;
            }
        }
        figures
    }
}

impl View<'_> {
    fn local(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%H:%M").to_string()
    }

    /// Where a booking is opened beside what is shown.
    fn opened(&self, id: BookingId) -> String {
        format!("{}&booking={id}", self.place.url())
    }
}

/// What is told of those who come together, in one line.
#[derive(Serialize)]
struct Line {
    id: BookingId,
    href: String,
    date: NaiveDate,
    from: String,
    to: String,
    name: String,
    service: String,
    /// Of a group session: how many are taken.
    seats: Option<i32>,
    staff: String,
    phone: Option<String>,
    price_minor: i64,
    tone: &'static str,
    status: &'static str,
    has_note: bool,
    is_open: bool,
}

impl Line {
    fn new(party: &[&Booking], day: &Day, staff: &str, view: &View<'_>) -> Option<Self> {
        let booking = party.iter().find(|one| view.open == Some(one.id)).or(party.first())?;
        let is_group = booking.group_session_id.is_some();
        Some(Self {
            id: booking.id,
            href: view.opened(booking.id),
            date: day.date,
            from: view.local(booking.starts_at),
            to: view.local(booking.ends_at),
            name: if is_group { &booking.service_name } else { &booking.contact_name }.clone(),
            service: if is_group { String::new() } else { booking.service_name.clone() },
            seats: is_group.then(|| party.iter().map(|one| one.seats).sum()),
            staff: staff.to_owned(),
            phone: if is_group { None } else { booking.contact_phone.clone() },
            price_minor: party.iter().map(|one| one.price_cents).sum(),
            tone: view.tones.of(booking.service_id),
            status: booking.status.name(),
            has_note: party.iter().any(|one| one.note.is_some() || one.internal_note.is_some()),
            is_open: view.open == Some(booking.id),
        })
    }
}
