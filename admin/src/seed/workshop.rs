//! A group session that some have booked already.

use chrono::{DateTime, Days, Utc};
use domain::booking::{BookingDraft, Consents, Notify};
use domain::location::Location;
use domain::rejection::Code;
use domain::service::{Rate, ServiceDraft};
use store::audit::By;
use store::availability::{self, Wish};
use store::{Error, TenantTx, bookings, services};

use super::{Demo, in_english};

/// What several can book together.
pub(super) struct Workshop {
    pub(super) name: &'static str,
    pub(super) category: &'static str,
    pub(super) description: &'static str,
    pub(super) english: Option<[&'static str; 3]>,
    pub(super) price_cents: i64,
    /// Who comes, with how many seats.
    pub(super) guests: [(&'static str, &'static str, i32); 3],
}

/// Offers it, and books its first session; `random` makes the codes.
pub(super) async fn hold(
    tx: &TenantTx,
    demo: &Demo,
    random: u32,
    by: &By,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let Workshop { name, category, description, english, price_cents, guests } = &demo.workshop;
    let draft = ServiceDraft {
        name: (*name).to_owned(),
        category: Some((*category).to_owned()),
        description: Some((*description).to_owned()),
        translations: in_english(*english),
        duration_minutes: 90,
        buffer_before_minutes: 0,
        buffer_after_minutes: 15,
        location: Location::Business,
        travel_minutes: 0,
        price_cents: *price_cents,
        deposit_rate: Rate::default(),
        capacity: 6,
        min_notice_minutes: 60,
        horizon_days: 60,
        bookable_until: None,
        slot_step_minutes: None,
        auto_confirm: true,
        is_active: true,
        is_collective: false,
        staff_ids: Vec::new(),
        room_ids: Vec::new(),
    };
    let service = services::add(tx, draft, demo.plan, by, now).await?.service;
    let wish = Wish::for_service(service.id).with_seats(6);
    let first = availability::first_of_each(tx, wish, Days::new(14), now).await?;
    let Some(start) = first.into_iter().filter_map(|one| one.start).min() else { return Ok(()) };
    for (place, (name, email, seats)) in (0_u32..).zip(guests) {
        let draft = BookingDraft {
            service_id: service.id,
            start,
            staff_id: None,
            seats: *seats,
            name: (*name).to_owned(),
            email: (*email).to_owned(),
            phone: None,
            locale: Some(demo.locale),
            timezone: None,
            notify: Notify { email: false, sms: false },
            accepts: Consents { terms: true, marketing: false },
            address: None,
            note: None,
            answers: domain::intake::AllGiven::new(),
            then: Vec::new(),
        };
        match bookings::create(tx, &draft, random.wrapping_add(place), by, now).await {
            Err(error) if error.code() == Some(Code::SlotUnavailable) => return Ok(()),
            booked => booked?,
        };
    }
    Ok(())
}
