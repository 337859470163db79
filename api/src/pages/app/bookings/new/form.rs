//! What is chosen and typed at the desk.

use chrono_tz::Tz;
use domain::booking::series::OnConflict;
use domain::booking::{BookingDraft, Consents, Next, NextDraft, Notify, Then};
use domain::id::{CustomerId, ServiceId, StaffId};
use domain::intake::Question;
use domain::recurrence::{End, Frequency, Rule};
use domain::rejection::{Code, Rejection};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::availability::Wish;
use store::bookings::{Desk, SeriesDraft};

use super::super::at_time;
use crate::pages::questions::AnswerForm;
use crate::problem::Result;

/// Every so many weeks.
const WEEKS: std::ops::RangeInclusive<u16> = 1..=8;

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct BookingForm {
    pub(super) service_id: String,
    /// Empty: anybody.
    pub(super) staff_id: String,
    /// What is done right after it, in the same visit.
    #[serde(skip_deserializing)]
    pub(super) then: Vec<String>,
    /// Of a group session; empty: one.
    pub(super) seats: String,
    pub(super) date: String,
    /// One of the times that are free, RFC 3339.
    pub(super) start: String,
    /// `on`: at `time`, whatever the hours.
    pub(super) outside: String,
    pub(super) time: String,
    /// Every so many weeks; empty: once.
    pub(super) repeat: String,
    /// How often in all.
    pub(super) times: String,
    /// What becomes of those whose time is taken; empty: it is asked.
    pub(super) on_conflict: String,
    /// By what a customer is looked for.
    pub(super) find: String,
    /// Empty: a new one.
    pub(super) customer_id: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: String,
    /// Where to come, of what takes place at the customer's.
    pub(super) address: String,
    /// `on`: the customer gets a confirmation.
    pub(super) notify: String,
    pub(super) internal_note: String,
    /// What the form is sent with, once.
    pub(super) key: String,
    /// Not empty: nothing is booked yet, only shown again.
    pub(super) show: String,
    #[serde(skip)]
    pub(super) answers: AnswerForm,
}

/// What is to be booked.
pub(super) struct Wanted {
    pub(super) draft: BookingDraft,
    pub(super) desk: Desk,
    /// It recurs; what becomes of those whose time is taken is said, or is to be asked.
    pub(super) rule: Option<(Rule, Option<OnConflict>)>,
}

impl Wanted {
    /// Again and again, if it recurs.
    pub(super) fn series(&self) -> Option<SeriesDraft> {
        let (rule, on_conflict) = self.rule.clone()?;
        let (first, desk) = (self.draft.clone(), Some(self.desk.clone()));
        Some(SeriesDraft { first, rule, on_conflict: on_conflict.unwrap_or_default(), desk })
    }
}

impl BookingForm {
    pub(super) fn read(pairs: &[(String, String)]) -> Self {
        let all = |name: &str| {
            let own = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone());
            own.collect::<Vec<String>>()
        };
        let text = |name: &str| all(name).into_iter().next().unwrap_or_default();
        Self {
            service_id: text("service_id"),
            staff_id: text("staff_id"),
            then: all("then").into_iter().filter(|id| !id.is_empty()).collect(),
            seats: text("seats"),
            date: text("date"),
            start: text("start"),
            outside: text("outside"),
            time: text("time"),
            repeat: text("repeat"),
            times: text("times"),
            on_conflict: text("on_conflict"),
            find: text("find"),
            customer_id: text("customer_id"),
            name: text("name"),
            email: text("email"),
            phone: text("phone"),
            address: text("address"),
            notify: text("notify"),
            internal_note: text("internal_note"),
            key: text("key"),
            show: text("show"),
            answers: AnswerForm::of(pairs, &[]),
        }
    }

    pub(super) fn seats(&self) -> i32 {
        self.seats.trim().parse().unwrap_or(1)
    }

    /// What makes two forms the same.
    pub(super) fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(serde_json::to_vec(self).unwrap_or_default());
        for said in self.answers.said() {
            hash.update(said);
            hash.update([0]);
        }
        hash.finalize().into()
    }

    /// What is asked for of that service, of whoever was chosen as far as they do it.
    pub(super) fn wish(&self, service: ServiceId) -> Wish {
        let wish = Wish::for_service(service).with_any(self.staff_id.parse().ok());
        if self.then.is_empty() { wish.with_seats(self.seats()) } else { wish.followed_by(self.then()) }
    }

    /// What follows; more than fits is left out.
    fn then(&self) -> Then {
        let ids = self.then.iter().filter_map(|id| id.parse().ok());
        let next = |service_id| Next { service_id, staff_id: None };
        Then::new(ids.map(next).take(domain::booking::visit::MOST_NEXT)).unwrap_or_default()
    }

    fn rule(&self) -> Option<Rule> {
        let weeks = self.repeat.parse().ok().filter(|weeks| WEEKS.contains(weeks))?;
        let times = self.times.trim().parse().unwrap_or(0);
        Some(Rule::every(weeks, Frequency::Weekly).ending(End::After(times)))
    }

    /// What the form says, or all that is wrong with it at once. `asked` are the questions of each service; `alone` is who
    /// does everything.
    pub(super) fn wanted(
        &self,
        asked: &[Vec<Question>],
        alone: Option<StaffId>,
        zone: Tz,
        country: &str,
    ) -> Result<Wanted> {
        let is_outside = !self.outside.is_empty();
        let start = if is_outside { at_time(&self.date, &self.time, zone) } else { self.start.parse().ok() };
        let customer_id: Option<CustomerId> = self.customer_id.parse().ok();
        let service_id: ServiceId = self
            .service_id
            .parse()
            .map_err(|_none| Rejection::invalid("/service_id", "REQUIRED", "is needed"))?;
        let wish = self.wish(service_id);
        let mut answers = asked.iter().map(|asked| self.answers.given(asked));
        let draft = BookingDraft {
            service_id,
            start: start.unwrap_or_default(),
            staff_id: wish.staff_id.or(alone),
            seats: wish.seats,
            name: self.name.clone(),
            email: self.email.clone(),
            phone: Some(self.phone.clone()),
            locale: None,
            timezone: None,
            notify: Notify { email: !self.notify.is_empty(), sms: false },
            accepts: Consents::default(),
            address: Some(self.address.clone()),
            note: None,
            answers: answers.next().unwrap_or_default(),
            then: wish.then.iter().zip(answers).map(|(next, answers)| NextDraft { next, answers }).collect(),
        };
        let rule = self.rule();
        let mut errors = Vec::new();
        if start.is_none() {
            let (place, typed) = if is_outside { ("/time", &self.time) } else { ("/start", &self.start) };
            let code = if typed.is_empty() { "REQUIRED" } else { "INVALID" };
            errors.extend(Rejection::invalid(place, code, "must be a time").errors);
        }
        if is_outside && draft.staff_id.is_none() {
            errors.extend(Rejection::invalid("/staff_id", "REQUIRED", "must be named").errors);
        }
        if is_outside && (rule.is_some() || !draft.then.is_empty()) {
            let detail = "is for one service, once";
            errors.extend(Rejection::invalid("/outside_hours", "UNAVAILABLE", detail).errors);
        }
        if customer_id.is_none()
            && let Err(contact) = draft.contact(country)
        {
            errors.extend(contact.errors);
        }
        if !errors.is_empty() {
            return Err(Rejection { errors, ..Code::Invalid.into() }.into());
        }
        let internal_note = Some(self.internal_note.clone());
        let desk = Desk { customer_id, outside_hours: is_outside, internal_note };
        let rule = rule.map(|rule| (rule, OnConflict::from_name(&self.on_conflict)));
        Ok(Wanted { draft, desk, rule })
    }
}
