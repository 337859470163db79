//! Tenants: sign-up, the profile, and which tenant a slug stands for.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::access::Role;
use domain::booking::{Policy, code_prefix};
use domain::hours::RuleKind;
use domain::id::{ImageId, RuleId, StaffId, TenantId, UserId};
use domain::locale::Locale;
use domain::plan::Plan;
use domain::rejection::Code;
use domain::tenant::{FIRST_HOURS, SignUp, TenantChanges, TenantDraft};
use serde::Serialize;

use crate::audit::{self, By, Change};
use crate::error::{Error, OnConstraint, Result};
use crate::events::{self, Happened};
use crate::schema::{staff, tenant_access, tenant_directory, tenants, weekly_rules};
use crate::users::{self, User};
use crate::{AccountTx, IdentityTx, TenantTx};
use jobs::Job;

#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = tenants, treat_none_as_default_value = false)]
pub struct Tenant {
    pub tenant_id: TenantId,
    pub slug: String,
    pub name: String,
    #[diesel(deserialize_as = Zone, serialize_as = Zone)]
    pub timezone: Tz,
    pub locale: Locale,
    pub currency: String,
    pub country: String,
    pub plan: Plan,
    /// When the plan was last changed for a smaller one.
    pub downgraded_at: Option<DateTime<Utc>>,
    pub contact_email: Option<String>,
    pub phone_e164: Option<String>,
    pub address: Option<String>,
    pub city: Option<String>,
    /// What it says of itself on its public page.
    pub about: Option<String>,
    pub website_url: Option<String>,
    pub instagram_url: Option<String>,
    pub legal_name: Option<String>,
    /// As the law wants it told, such as "SARL au capital de 5 000 €".
    pub legal_form: Option<String>,
    /// Who answers for what the public page says.
    pub publisher: Option<String>,
    pub siret: Option<String>,
    pub vat_id: Option<String>,
    pub accent_color: Option<String>,
    pub logo_image_id: Option<ImageId>,
    pub cover_image_id: Option<ImageId>,
    pub code_prefix: String,
    pub default_duration_minutes: i32,
    pub default_break_minutes: i32,
    pub policy: Policy,
    /// The websites that may show its booking pages in a frame.
    pub embed_origins: Vec<String>,
    pub schedule_version: i64,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

/// A time zone as it is kept: by its IANA name.
#[derive(Clone, Copy, Debug, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Zone(pub Tz);

impl From<Zone> for Tz {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

impl From<Tz> for Zone {
    fn from(timezone: Tz) -> Self {
        Self(timezone)
    }
}

impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for Zone {
    fn to_sql<'b>(
        &'b self,
        out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
    ) -> diesel::serialize::Result {
        std::io::Write::write_all(out, self.0.name().as_bytes())?;
        Ok(diesel::serialize::IsNull::No)
    }
}

impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for Zone {
    fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        Ok(Self(str::from_utf8(bytes.as_bytes())?.parse()?))
    }
}

/// What a sign-up made.
#[derive(Clone, Debug)]
pub struct SignedUp {
    pub user: User,
    pub tenant: Tenant,
}

/// Creates user, tenant, membership, one staff member for the owner and the first week's hours, all or nothing.
/// `slug` was checked; a taken one is refused by the database.
pub async fn sign_up(
    tx: &AccountTx,
    sign_up: SignUp,
    slug: String,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<SignedUp> {
    let user = User::new(&sign_up.email, sign_up.full_name, sign_up.tenant.locale, now);
    users::add(&tx.identity, &user, password_hash).await?;
    let tenant = open(tx, &user, sign_up.tenant, slug, now).await?;
    tx.tenant.enqueue(&[Job::SendEmailVerification { user_id: user.id }], now).await?;
    Ok(SignedUp { user, tenant })
}

/// Most tenants that one user owns: a franchise, and no farm of free plans.
const MOST_OWNED: usize = 20;

/// Creates a tenant of somebody who is there already, and what sign-up creates with it. `slug` was checked.
pub async fn open(
    tx: &AccountTx,
    user: &User,
    new: TenantDraft,
    slug: String,
    now: DateTime<Utc>,
) -> Result<Tenant> {
    let AccountTx { tenant: tenant_tx, identity } = tx;
    let tenant_id = tenant_tx.tenant();
    diesel::insert_into(tenant_directory::table)
        .values((
            tenant_directory::slug.eq(&slug),
            tenant_directory::tenant_id.eq(tenant_id),
            tenant_directory::created_at.eq(now),
        ))
        .execute(&mut identity.conn())
        .await
        .on_constraint("tenant_directory_pkey", Code::SlugTaken)?;
    users::lock(identity, user.id).await?;
    let owned =
        users::memberships(identity, user.id).await?.into_iter().filter(|(_, role)| *role == Role::Owner);
    if owned.count() >= MOST_OWNED {
        return Err(Code::TooManyOfThese.into());
    }
    users::add_membership(identity, tenant_id, user.id, Role::Owner, now).await?;
    let tenant = Tenant {
        tenant_id,
        slug,
        code_prefix: code_prefix(&new.name),
        name: new.name,
        timezone: new.timezone,
        locale: new.locale,
        currency: new.currency,
        country: new.country,
        plan: Plan::Free,
        downgraded_at: None,
        contact_email: Some(user.email.clone()),
        phone_e164: None,
        address: None,
        city: None,
        about: None,
        website_url: None,
        instagram_url: None,
        legal_name: None,
        legal_form: None,
        publisher: None,
        siret: None,
        vat_id: None,
        accent_color: None,
        logo_image_id: None,
        cover_image_id: None,
        default_duration_minutes: 60,
        default_break_minutes: 20,
        policy: Policy::default(),
        embed_origins: Vec::new(),
        schedule_version: 1,
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: Some(user.id),
    };
    let conn = &mut tenant_tx.conn();
    diesel::insert_into(tenants::table).values(tenant.clone()).execute(conn).await?;
    diesel::insert_into(staff::table)
        .values((
            staff::tenant_id.eq(tenant_id),
            staff::id.eq(StaffId::mint(now)),
            staff::name.eq(&user.full_name),
            staff::email.eq(&user.email),
            staff::user_id.eq(user.id),
            staff::created_at.eq(now),
            staff::updated_at.eq(now),
            staff::created_by.eq(user.id),
        ))
        .execute(conn)
        .await?;
    let (start, end) = FIRST_HOURS;
    let week: Vec<_> = (1..=5_i16)
        .map(|weekday| {
            (
                weekly_rules::tenant_id.eq(tenant_id),
                weekly_rules::id.eq(RuleId::mint(now)),
                weekly_rules::kind.eq(RuleKind::Opening),
                weekly_rules::weekday.eq(weekday),
                weekly_rules::start_minute.eq(i16::try_from(start).unwrap_or(0)),
                weekly_rules::end_minute.eq(i16::try_from(end).unwrap_or(0)),
                weekly_rules::created_at.eq(now),
                weekly_rules::created_by.eq(user.id),
            )
        })
        .collect();
    diesel::insert_into(weekly_rules::table).values(week).execute(conn).await?;
    let by = By::member(user.id, None);
    let change: Change<'_, (), _> =
        Change { action: "tenant.create", subject: tenant_id.0, before: None, after: Some(&tenant) };
    audit::record(tenant_tx, &by, change, now).await?;
    let happened =
        Happened { name: "tenant.created", subject: tenant_id.0, version: 1, data: serde_json::json!({}) };
    events::record(tenant_tx, happened, now).await?;
    Ok(tenant)
}

/// Gives a tenant another public address. `slug` was checked; the old one leads to it from now on.
pub async fn rename(
    tx: &AccountTx,
    slug: &str,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Tenant> {
    let AccountTx { tenant: tenant_tx, identity } = tx;
    let before = before(tenant_tx, version).await?;
    move_to(identity, tenant_tx.tenant(), slug, now).await?;
    let after =
        Tenant { slug: slug.to_owned(), version: before.version + 1, updated_at: now, ..before.clone() };
    diesel::update(tenants::table.find(tenant_tx.tenant()))
        .set((tenants::slug.eq(slug), tenants::version.eq(after.version), tenants::updated_at.eq(now)))
        .execute(&mut tenant_tx.conn())
        .await?;
    let change = Change {
        action: "tenant.rename",
        subject: after.tenant_id.0,
        before: Some(&before),
        after: Some(&after),
    };
    audit::record(tenant_tx, by, change, now).await?;
    Ok(after)
}

/// Writes the move into the directory. Who goes back to a former address has it again; of those, the oldest is given up.
async fn move_to(tx: &IdentityTx, id: TenantId, slug: &str, now: DateTime<Utc>) -> Result<()> {
    let owner: Option<TenantId> = tenant_directory::table
        .find(slug)
        .select(tenant_directory::tenant_id)
        .first(&mut tx.conn())
        .await
        .optional()?;
    if owner.is_some_and(|owner| owner != id) {
        return Err(Code::SlugTaken.into());
    }
    let own = tenant_directory::table.filter(tenant_directory::tenant_id.eq(id));
    diesel::update(own).set(tenant_directory::is_current.eq(false)).execute(&mut tx.conn()).await?;
    diesel::delete(tenant_directory::table.find(slug)).execute(&mut tx.conn()).await?;
    diesel::insert_into(tenant_directory::table)
        .values((
            tenant_directory::slug.eq(slug),
            tenant_directory::tenant_id.eq(id),
            tenant_directory::created_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await
        .on_constraint("tenant_directory_pkey", Code::SlugTaken)?;
    let former: Vec<String> = own
        .filter(tenant_directory::is_current.eq(false))
        .order(tenant_directory::created_at.desc())
        .select(tenant_directory::slug)
        .offset(MOST_FORMER_SLUGS)
        .load(&mut tx.conn())
        .await?;
    let given_up = tenant_directory::table.filter(tenant_directory::slug.eq_any(former));
    diesel::delete(given_up).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Most former addresses of a tenant.
const MOST_FORMER_SLUGS: i64 = 5;

/// What a slug stands for.
#[derive(Clone, Debug)]
pub struct Place {
    pub tenant_id: TenantId,
    pub is_suspended: bool,
    /// The tenant's present slug, if this is a former one.
    pub moved_to: Option<String>,
}

/// What a slug stands for.
pub async fn resolve(tx: &IdentityTx, slug: &str) -> Result<Option<Place>> {
    let found: Option<(TenantId, bool, bool)> = tenant_directory::table
        .left_join(tenant_access::table.on(tenant_access::tenant_id.eq(tenant_directory::tenant_id)))
        .filter(tenant_directory::slug.eq(slug))
        .select((
            tenant_directory::tenant_id,
            tenant_directory::is_current,
            tenant_access::suspended_at.nullable().is_not_null(),
        ))
        .first(&mut tx.conn())
        .await
        .optional()?;
    let Some((tenant_id, is_current, is_suspended)) = found else { return Ok(None) };
    if is_current {
        return Ok(Some(Place { tenant_id, is_suspended, moved_to: None }));
    }
    let present = tenant_directory::table
        .filter(tenant_directory::tenant_id.eq(tenant_id))
        .filter(tenant_directory::is_current)
        .select(tenant_directory::slug)
        .first(&mut tx.conn())
        .await?;
    Ok(Some(Place { tenant_id, is_suspended, moved_to: Some(present) }))
}

/// The slugs of all tenants, the oldest first, at most `limit`: every tenant has a public page.
pub async fn slugs(tx: &IdentityTx, limit: i64) -> Result<Vec<String>> {
    Ok(tenant_directory::table
        .filter(tenant_directory::is_current)
        .order((tenant_directory::created_at, tenant_directory::slug))
        .select(tenant_directory::slug)
        .limit(limit)
        .load(&mut tx.conn())
        .await?)
}

pub async fn find(tx: &TenantTx) -> Result<Tenant> {
    Ok(tenants::table.find(tx.tenant()).select(Tenant::as_select()).first(&mut tx.conn()).await?)
}

/// The tenant that is about to change, and nobody else changes it meanwhile. With `version`, refuses when it is no longer
/// the current one.
pub(crate) async fn before(tx: &TenantTx, version: Option<i64>) -> Result<Tenant> {
    let own = tenants::table.find(tx.tenant()).select(Tenant::as_select());
    let before: Tenant = own.for_no_key_update().first(&mut tx.conn()).await?;
    check_version(version, before.version)?;
    Ok(before)
}

/// Changes the profile. With `version`, refuses when it is no longer the current one. A new time zone moves all hours,
/// so it raises the schedules too.
pub async fn update(
    tx: &TenantTx,
    changes: TenantChanges,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Tenant> {
    let before = before(tx, version).await?;
    let changes = changes.checked(&before.country)?;
    let after = Tenant {
        name: changes.name.unwrap_or_else(|| before.name.clone()),
        timezone: changes.timezone.unwrap_or(before.timezone),
        locale: changes.locale.unwrap_or(before.locale),
        contact_email: changes.contact_email.unwrap_or_else(|| before.contact_email.clone()),
        phone_e164: changes.phone.unwrap_or_else(|| before.phone_e164.clone()),
        address: changes.address.unwrap_or_else(|| before.address.clone()),
        city: changes.city.unwrap_or_else(|| before.city.clone()),
        about: changes.about.unwrap_or_else(|| before.about.clone()),
        website_url: changes.website_url.unwrap_or_else(|| before.website_url.clone()),
        instagram_url: changes.instagram_url.unwrap_or_else(|| before.instagram_url.clone()),
        legal_name: changes.legal_name.unwrap_or_else(|| before.legal_name.clone()),
        legal_form: changes.legal_form.unwrap_or_else(|| before.legal_form.clone()),
        publisher: changes.publisher.unwrap_or_else(|| before.publisher.clone()),
        siret: changes.siret.unwrap_or_else(|| before.siret.clone()),
        vat_id: changes.vat_id.unwrap_or_else(|| before.vat_id.clone()),
        accent_color: changes.accent_color.unwrap_or_else(|| before.accent_color.clone()),
        default_duration_minutes: changes.default_duration_minutes.unwrap_or(before.default_duration_minutes),
        default_break_minutes: changes.default_break_minutes.unwrap_or(before.default_break_minutes),
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    if after.timezone != before.timezone {
        crate::staff::raise_all_schedules(tx).await?;
    }
    diesel::update(tenants::table.find(tx.tenant()))
        .set((
            tenants::name.eq(&after.name),
            tenants::timezone.eq(Zone(after.timezone)),
            tenants::locale.eq(after.locale),
            tenants::contact_email.eq(&after.contact_email),
            tenants::phone_e164.eq(&after.phone_e164),
            tenants::address.eq(&after.address),
            tenants::city.eq(&after.city),
            tenants::about.eq(&after.about),
            tenants::website_url.eq(&after.website_url),
            tenants::instagram_url.eq(&after.instagram_url),
            tenants::legal_name.eq(&after.legal_name),
            tenants::legal_form.eq(&after.legal_form),
            tenants::publisher.eq(&after.publisher),
            tenants::siret.eq(&after.siret),
            tenants::vat_id.eq(&after.vat_id),
            tenants::accent_color.eq(&after.accent_color),
            tenants::default_duration_minutes.eq(after.default_duration_minutes),
            tenants::default_break_minutes.eq(after.default_break_minutes),
            tenants::version.eq(after.version),
            tenants::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    let change = Change {
        action: "tenant.update",
        subject: after.tenant_id.0,
        before: Some(&before),
        after: Some(&after),
    };
    audit::record(tx, by, change, now).await?;
    Ok(after)
}

/// Writes what the tenant asks of customers who cancel, move or stay away. What is booked keeps the policy it was made under.
pub async fn set_policy(
    tx: &TenantTx,
    policy: Policy,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Tenant> {
    let before = before(tx, version).await?;
    let after =
        Tenant { policy: policy.checked()?, version: before.version + 1, updated_at: now, ..before.clone() };
    diesel::update(tenants::table.find(tx.tenant()))
        .set((
            tenants::policy.eq(after.policy),
            tenants::version.eq(after.version),
            tenants::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    let change = Change {
        action: "tenant.set_policy",
        subject: after.tenant_id.0,
        before: Some(&before),
        after: Some(&after),
    };
    audit::record(tx, by, change, now).await?;
    Ok(after)
}

/// Puts the tenant on a plan. What it has more of than the plan includes stays.
pub async fn set_plan(tx: &TenantTx, plan: Plan, by: &By, now: DateTime<Utc>) -> Result<()> {
    let own = tenants::table.find(tx.tenant());
    let before: Plan = own.select(tenants::plan).for_no_key_update().first(&mut tx.conn()).await?;
    let raised = tenants::version.eq(tenants::version + 1);
    let downgraded = (plan < before).then(|| tenants::downgraded_at.eq(now));
    diesel::update(own)
        .set((tenants::plan.eq(plan), raised, tenants::updated_at.eq(now), downgraded))
        .execute(&mut tx.conn())
        .await?;
    let change =
        Change { action: "tenant.plan", subject: tx.tenant().0, before: Some(&before), after: Some(&plan) };
    audit::record(tx, by, change, now).await
}

/// Refuses a change made to a version that is no longer there; `None` asks for no check.
pub(crate) fn check_version(expected: Option<i64>, current: i64) -> Result<()> {
    match expected {
        Some(version) if version != current => Err(Error::from(Code::VersionMismatch)),
        _ => Ok(()),
    }
}
