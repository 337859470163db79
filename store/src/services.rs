//! Services: what can be booked.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::array;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{ImageId, RoomId, ServiceId, StaffId, TenantId, UserId};
use domain::locale::Locale;
use domain::location::Location;
use domain::plan::Plan;
use domain::rejection::{Code, Rejection};
use domain::service::{Rate, ServiceDraft};
use domain::translation::{ServiceWords, Translations};
use serde::Serialize;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::Result;
use crate::group_sessions;
use crate::images::{self, Image};
use crate::rooms;
use crate::schema::{service_staff, services, staff};
use crate::tenants::check_version;

#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = services, treat_none_as_default_value = false)]
pub struct Service {
    pub tenant_id: TenantId,
    pub id: ServiceId,
    pub name: String,
    pub category: Option<String>,
    pub description: Option<String>,
    pub translations: Translations<ServiceWords>,
    pub image_id: Option<ImageId>,
    pub duration_minutes: i32,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub location: Location,
    pub travel_minutes: i32,
    pub price_cents: i64,
    pub deposit_basis_points: i32,
    /// How many seats a group session has; 1: each booking has its own time.
    pub capacity: i32,
    pub min_notice_minutes: i32,
    pub horizon_days: i32,
    pub bookable_until: Option<NaiveDate>,
    pub slot_step_minutes: Option<i32>,
    pub auto_confirm: bool,
    pub is_active: bool,
    pub is_collective: bool,
    pub position: i32,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

/// A service and who provides it; nobody named: everybody, also later.
#[derive(Clone, Debug, Serialize)]
pub struct Offer {
    #[serde(flatten)]
    pub service: Service,
    pub staff_ids: Vec<StaffId>,
    /// It takes one of these rooms; none named: it needs none.
    pub room_ids: Vec<RoomId>,
    #[serde(skip)]
    pub image: Option<Image>,
}

impl Offer {
    /// The draft that would change nothing.
    pub fn draft(&self) -> ServiceDraft {
        let Self { service, staff_ids, room_ids, .. } = self.clone();
        ServiceDraft {
            name: service.name,
            category: service.category,
            description: service.description,
            translations: service.translations,
            duration_minutes: service.duration_minutes,
            buffer_before_minutes: service.buffer_before_minutes,
            buffer_after_minutes: service.buffer_after_minutes,
            location: service.location,
            travel_minutes: service.travel_minutes,
            price_cents: service.price_cents,
            deposit_rate: Rate::from_basis_points(service.deposit_basis_points).unwrap_or_default(),
            capacity: service.capacity,
            min_notice_minutes: service.min_notice_minutes,
            horizon_days: service.horizon_days,
            bookable_until: service.bookable_until,
            slot_step_minutes: service.slot_step_minutes,
            auto_confirm: service.auto_confirm,
            is_active: service.is_active,
            is_collective: service.is_collective,
            staff_ids,
            room_ids,
        }
    }
}

/// What categories are called in a language: as the first of their services says.
#[derive(Debug, Default)]
pub struct Categories(HashMap<String, String>);

impl Categories {
    fn of<'a>(
        services: impl IntoIterator<Item = (&'a Option<String>, &'a Translations<ServiceWords>)>,
        locale: Locale,
    ) -> Self {
        let mut categories = HashMap::new();
        for (category, translations) in services {
            let told = translations.get(locale).and_then(|words| words.category.as_ref());
            if let (Some(category), Some(told)) = (category, told) {
                categories.entry(category.clone()).or_insert_with(|| told.clone());
            }
        }
        Self(categories)
    }

    /// Of all that can be booked.
    pub async fn find(tx: &TenantTx, locale: Locale) -> Result<Self> {
        let rows: Vec<(Option<String>, Translations<ServiceWords>)> = services::table
            .filter(services::tenant_id.eq(tx.tenant()))
            .filter(services::archived_at.is_null())
            .filter(services::is_active)
            .filter(services::category.is_not_null())
            .order((services::position, services::id))
            .select((services::category, services::translations))
            .load(&mut tx.conn())
            .await?;
        Ok(Self::of(rows.iter().map(|(category, translations)| (category, translations)), locale))
    }

    /// The service as visitors who speak that language read it.
    pub fn told(&self, service: Service, locale: Locale) -> Service {
        let words = service.translations.get(locale).cloned().unwrap_or_default();
        let category = service.category.as_ref().and_then(|category| self.0.get(category).cloned());
        Service {
            name: words.name.unwrap_or(service.name),
            category: category.or(service.category),
            description: words.description.or(service.description),
            ..service
        }
    }
}

/// All that can be booked, as visitors who speak `locale` read it.
pub fn told(offers: Vec<Offer>, locale: Locale) -> Vec<Offer> {
    let active = || offers.iter().map(|offer| &offer.service).filter(|service| service.is_active);
    let categories =
        Categories::of(active().map(|service| (&service.category, &service.translations)), locale);
    let tell = |offer: Offer| Offer { service: categories.told(offer.service, locale), ..offer };
    offers.into_iter().filter(|offer| offer.service.is_active).map(tell).collect()
}

/// Which services a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All that are not archived.
    All,
    /// Those that can be booked.
    Active,
    Archived,
}

/// Everything that is not archived, in its order.
pub async fn list(tx: &TenantTx) -> Result<Vec<Offer>> {
    page(tx, Which::All, None, i64::MAX).await
}

/// Part of a list, in its order: at most `limit`, those `after` a position and an id.
pub async fn page(
    tx: &TenantTx,
    which: Which,
    after: Option<(i32, ServiceId)>,
    limit: i64,
) -> Result<Vec<Offer>> {
    let mut query = services::table
        .filter(services::tenant_id.eq(tx.tenant()))
        .order((services::position, services::id))
        .select(Service::as_select())
        .limit(limit)
        .into_boxed();
    query = match which {
        Which::All => query.filter(services::archived_at.is_null()),
        Which::Active => query.filter(services::archived_at.is_null()).filter(services::is_active),
        Which::Archived => query.filter(services::archived_at.is_not_null()),
    };
    if let Some((position, id)) = after {
        let further = services::position.eq(position).and(services::id.gt(id));
        query = query.filter(services::position.gt(position).or(further));
    }
    let services: Vec<Service> = query.load(&mut tx.conn()).await?;
    let ids: Vec<ServiceId> = services.iter().map(|service| service.id).collect();
    let mut providers: HashMap<ServiceId, Vec<StaffId>> = HashMap::new();
    let rows: Vec<(ServiceId, StaffId)> = service_staff::table
        .filter(service_staff::tenant_id.eq(tx.tenant()))
        .filter(service_staff::service_id.eq_any(&ids))
        .order(service_staff::staff_id)
        .select((service_staff::service_id, service_staff::staff_id))
        .load(&mut tx.conn())
        .await?;
    for (service, member) in rows {
        providers.entry(service).or_default().push(member);
    }
    let mut rooms = rooms::of_services(tx, &ids).await?;
    let mut pictures = images::find_all(tx, services.iter().map(|service| service.image_id)).await?;
    Ok(services
        .into_iter()
        .map(|service| Offer {
            staff_ids: providers.remove(&service.id).unwrap_or_default(),
            room_ids: rooms.remove(&service.id).unwrap_or_default(),
            image: service.image_id.and_then(|id| pictures.remove(&id)),
            service,
        })
        .collect())
}

pub async fn find(tx: &TenantTx, id: ServiceId) -> Result<Offer> {
    let (service, staff_ids, room_ids): (Service, Vec<StaffId>, Vec<RoomId>) = services::table
        .find((tx.tenant(), id))
        .filter(services::archived_at.is_null())
        .select((
            Service::as_select(),
            array(named(tx.tenant(), id)),
            array(rooms::of_service(tx.tenant(), id)),
        ))
        .first(&mut tx.conn())
        .await?;
    let image = match service.image_id {
        Some(id) => images::find(tx, id).await?,
        None => None,
    };
    Ok(Offer { service, staff_ids, room_ids, image })
}

/// Who is named to provide it.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn named(tenant_id: TenantId, id: ServiceId) -> _ {
    service_staff::table
        .filter(service_staff::tenant_id.eq(tenant_id))
        .filter(service_staff::service_id.eq(id))
        .order(service_staff::staff_id)
        .select(service_staff::staff_id)
}

/// Most services that a tenant can have.
const MOST: i64 = 500;

pub async fn add(
    tx: &TenantTx,
    draft: ServiceDraft,
    plan: Plan,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Offer> {
    let draft = draft.checked(plan)?;
    check_room(tx).await?;
    let position: Option<i32> = services::table
        .filter(services::tenant_id.eq(tx.tenant()))
        .select(diesel::dsl::max(services::position))
        .first(&mut tx.conn())
        .await?;
    let offer = offer(
        &Service {
            tenant_id: tx.tenant(),
            id: ServiceId::mint(now),
            name: String::new(),
            category: None,
            description: None,
            translations: Translations::default(),
            image_id: None,
            duration_minutes: 0,
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            location: Location::Business,
            travel_minutes: 0,
            price_cents: 0,
            deposit_basis_points: 0,
            capacity: 1,
            min_notice_minutes: 0,
            horizon_days: 0,
            bookable_until: None,
            slot_step_minutes: None,
            auto_confirm: true,
            is_active: true,
            is_collective: false,
            position: position.unwrap_or(0).saturating_add(1),
            version: 1,
            created_at: now,
            updated_at: now,
            created_by: by.user(),
        },
        draft,
    );
    diesel::insert_into(services::table).values(&offer.service).execute(&mut tx.conn()).await?;
    set_providers(tx, &offer, &[]).await?;
    rooms::set(tx, offer.service.id, &offer.room_ids, &[]).await?;
    let change: Change<'_, (), _> =
        Change { action: "service.create", subject: offer.service.id.0, before: None, after: Some(&offer) };
    audit::record(tx, by, change, now).await?;
    Ok(offer)
}

/// Refuses one more than a tenant can have.
async fn check_room(tx: &TenantTx) -> Result<()> {
    let there: i64 = services::table
        .filter(services::tenant_id.eq(tx.tenant()))
        .filter(services::archived_at.is_null())
        .count()
        .get_result(&mut tx.conn())
        .await?;
    if there >= MOST { Err(Code::TooManyOfThese.into()) } else { Ok(()) }
}

/// Changes a service. What is booked already keeps what was agreed.
pub async fn update(
    tx: &TenantTx,
    id: ServiceId,
    change: impl FnOnce(ServiceDraft) -> ServiceDraft,
    plan: Plan,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Offer> {
    crate::staff::raise_all_schedules(tx).await?;
    let before = find(tx, id).await?;
    check_version(version, before.service.version)?;
    let draft = change(before.draft()).checked(plan)?;
    let after = Offer {
        image: before.image.clone(),
        ..offer(
            &Service { version: before.service.version + 1, updated_at: now, ..before.service.clone() },
            draft,
        )
    };
    let service = &after.service;
    diesel::update(services::table.find((tx.tenant(), id)))
        .set((
            services::name.eq(&service.name),
            services::category.eq(&service.category),
            services::description.eq(&service.description),
            services::translations.eq(&service.translations),
            services::duration_minutes.eq(service.duration_minutes),
            services::buffer_before_minutes.eq(service.buffer_before_minutes),
            services::buffer_after_minutes.eq(service.buffer_after_minutes),
            services::location.eq(service.location),
            services::travel_minutes.eq(service.travel_minutes),
            services::price_cents.eq(service.price_cents),
            services::deposit_basis_points.eq(service.deposit_basis_points),
            services::capacity.eq(service.capacity),
            services::min_notice_minutes.eq(service.min_notice_minutes),
            services::horizon_days.eq(service.horizon_days),
            services::bookable_until.eq(service.bookable_until),
            services::slot_step_minutes.eq(service.slot_step_minutes),
            services::auto_confirm.eq(service.auto_confirm),
            services::is_active.eq(service.is_active),
            services::is_collective.eq(service.is_collective),
            services::version.eq(service.version),
            services::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    set_providers(tx, &after, &before.staff_ids).await?;
    rooms::set(tx, id, &after.room_ids, &before.room_ids).await?;
    if service.capacity != before.service.capacity {
        group_sessions::resize(tx, id, service.capacity, now).await?;
    }
    let change =
        Change { action: "service.update", subject: id.0, before: Some(&before), after: Some(&after) };
    audit::record(tx, by, change, now).await?;
    Ok(after)
}

/// Archives: what was booked stands.
pub async fn remove(tx: &TenantTx, id: ServiceId, by: &By, now: DateTime<Utc>) -> Result<()> {
    crate::staff::raise_all_schedules(tx).await?;
    let before = find(tx, id).await?;
    diesel::update(services::table.find((tx.tenant(), id)))
        .set((
            services::archived_at.eq(now),
            services::version.eq(services::version + 1),
            services::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    let change: Change<'_, _, ()> =
        Change { action: "service.remove", subject: id.0, before: Some(&before), after: None };
    audit::record(tx, by, change, now).await
}

/// Takes a service out of the archive. Of one that is not there, nothing.
pub async fn restore(tx: &TenantTx, id: ServiceId, by: &By, now: DateTime<Utc>) -> Result<()> {
    crate::staff::raise_all_schedules(tx).await?;
    check_room(tx).await?;
    let restored =
        diesel::update(services::table.find((tx.tenant(), id)).filter(services::archived_at.is_not_null()))
            .set((
                services::archived_at.eq(None::<DateTime<Utc>>),
                services::version.eq(services::version + 1),
                services::updated_at.eq(now),
            ))
            .execute(&mut tx.conn())
            .await?;
    let after = find(tx, id).await?;
    if restored == 0 {
        return Ok(());
    }
    let change: Change<'_, (), _> =
        Change { action: "service.restore", subject: id.0, before: None, after: Some(&after) };
    audit::record(tx, by, change, now).await
}

fn offer(row: &Service, draft: ServiceDraft) -> Offer {
    Offer {
        service: Service {
            name: draft.name,
            category: draft.category,
            description: draft.description,
            translations: draft.translations,
            duration_minutes: draft.duration_minutes,
            buffer_before_minutes: draft.buffer_before_minutes,
            buffer_after_minutes: draft.buffer_after_minutes,
            location: draft.location,
            travel_minutes: draft.travel_minutes,
            price_cents: draft.price_cents,
            deposit_basis_points: draft.deposit_rate.basis_points(),
            capacity: draft.capacity,
            min_notice_minutes: draft.min_notice_minutes,
            horizon_days: draft.horizon_days,
            bookable_until: draft.bookable_until,
            slot_step_minutes: draft.slot_step_minutes,
            auto_confirm: draft.auto_confirm,
            is_active: draft.is_active,
            is_collective: draft.is_collective,
            ..row.clone()
        },
        staff_ids: draft.staff_ids,
        room_ids: draft.room_ids,
        image: None,
    }
}

/// `known` stood there before: one of them who is archived by now may stay.
async fn set_providers(tx: &TenantTx, offer: &Offer, known: &[StaffId]) -> Result<()> {
    let new: Vec<StaffId> = offer.staff_ids.iter().filter(|id| !known.contains(id)).copied().collect();
    let there: i64 = staff::table
        .filter(staff::tenant_id.eq(tx.tenant()))
        .filter(staff::id.eq_any(&new))
        .filter(staff::archived_at.is_null())
        .count()
        .get_result(&mut tx.conn())
        .await?;
    if usize::try_from(there).ok() != Some(new.len()) {
        return Err(
            Rejection::invalid("/staff_ids", "UNKNOWN", "names a staff member who is not there").into()
        );
    }
    diesel::delete(
        service_staff::table
            .filter(service_staff::tenant_id.eq(tx.tenant()))
            .filter(service_staff::service_id.eq(offer.service.id)),
    )
    .execute(&mut tx.conn())
    .await?;
    let rows: Vec<_> = offer
        .staff_ids
        .iter()
        .map(|member| {
            (
                service_staff::tenant_id.eq(tx.tenant()),
                service_staff::service_id.eq(offer.service.id),
                service_staff::staff_id.eq(*member),
            )
        })
        .collect();
    diesel::insert_into(service_staff::table).values(rows).execute(&mut tx.conn()).await?;
    Ok(())
}
