//! Pictures of tenants: which one stands where, and what of the plan's storage they take. Their files are kept elsewhere,
//! and go only after the commit that made them useless.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{ImageId, ServiceId, TenantId, UserId};
use domain::image::{self, Format};
use domain::plan::{Limit, Plan};
use jobs::Job;
use serde::Serialize;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::Result;
use crate::schema::{images, services, tenants};
use crate::tenants::{Tenant, check_version};
use crate::usage;

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = images, treat_none_as_default_value = false)]
pub struct Image {
    pub tenant_id: TenantId,
    pub id: ImageId,
    #[serde(skip)]
    pub format: Format,
    /// Of the largest variant.
    pub width: i32,
    pub height: i32,
    /// Of all variants together.
    pub size_bytes: i64,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

impl Image {
    /// Width and address of each variant, the smallest first.
    pub fn variants(&self) -> Vec<(u32, String)> {
        let address = |width| image::address(self.tenant_id, self.id, width, self.format);
        image::widths(self.width.unsigned_abs()).into_iter().map(|width| (width, address(width))).collect()
    }
}

/// Where a picture can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Logo,
    Cover,
    Service(ServiceId),
}

impl Place {
    const fn action(self) -> &'static str {
        match self {
            Self::Logo => "tenant.logo",
            Self::Cover => "tenant.cover",
            Self::Service(_) => "service.image",
        }
    }
}

/// Files whose picture never came to stand anywhere are removed after this long.
const PATIENCE: TimeDelta = TimeDelta::hours(1);

/// Says that files of this picture are about to be written. Whatever happens next, none is left without a row.
pub async fn announce(tx: &TenantTx, id: ImageId, now: DateTime<Utc>) -> Result<()> {
    tx.enqueue_for(&[Job::DropImage { image_id: id }], now + PATIENCE, now).await
}

/// Puts a picture in its place; the one that stood there goes. With `version`, refuses when the service or the tenant is
/// no longer at it.
pub async fn set(
    tx: &TenantTx,
    place: Place,
    image: &Image,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let (plan, before) = lock(tx, place, version).await?;
    diesel::insert_into(images::table).values(image.clone()).execute(&mut tx.conn()).await?;
    point(tx, place, Some(image.id), now).await?;
    let old = remove_row(tx, before, now).await?;
    let change = Change {
        action: place.action(),
        subject: subject(tx, place),
        before: old.as_ref(),
        after: Some(image),
    };
    audit::record(tx, by, change, now).await?;
    let more = image.size_bytes - old.map_or(0, |old| old.size_bytes);
    usage::change(tx, plan, Limit::StorageBytes, more).await?;
    Ok(())
}

/// Takes the picture away from its place. Where none stands, nothing changes.
pub async fn remove(
    tx: &TenantTx,
    place: Place,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let (plan, before) = lock(tx, place, version).await?;
    if before.is_none() {
        return Ok(());
    }
    point(tx, place, None, now).await?;
    let Some(old) = remove_row(tx, before, now).await? else { return Ok(()) };
    let change: Change<'_, _, ()> =
        Change { action: place.action(), subject: subject(tx, place), before: Some(&old), after: None };
    audit::record(tx, by, change, now).await?;
    usage::change(tx, plan, Limit::StorageBytes, -old.size_bytes).await?;
    Ok(())
}

/// One of them; none: it is not, or no longer, there.
pub async fn find(tx: &TenantTx, id: ImageId) -> Result<Option<Image>> {
    Ok(images::table
        .find((tx.tenant(), id))
        .select(Image::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// The logo of the tenant, when it has one.
pub async fn logo(tx: &TenantTx, tenant: &Tenant) -> Result<Option<Image>> {
    match tenant.logo_image_id {
        Some(id) => find(tx, id).await,
        None => Ok(None),
    }
}

/// Those that are asked for, by id.
pub async fn find_all(
    tx: &TenantTx,
    ids: impl IntoIterator<Item = Option<ImageId>>,
) -> Result<HashMap<ImageId, Image>> {
    let ids: Vec<ImageId> = ids.into_iter().flatten().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<Image> = images::table
        .filter(images::tenant_id.eq(tx.tenant()))
        .filter(images::id.eq_any(ids))
        .select(Image::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(found.into_iter().map(|image| (image.id, image)).collect())
}

/// Locks what the place belongs to; the tenant's plan and the picture that stands there.
async fn lock(tx: &TenantTx, place: Place, version: Option<i64>) -> Result<(Plan, Option<ImageId>)> {
    let conn = &mut tx.conn();
    let own = tenants::table.find(tx.tenant());
    if let Place::Service(id) = place {
        // As every change of a service: they wait for each other here.
        crate::staff::raise_all_schedules(tx).await?;
        let (current, image): (i64, Option<ImageId>) = services::table
            .find((tx.tenant(), id))
            .filter(services::archived_at.is_null())
            .select((services::version, services::image_id))
            .for_no_key_update()
            .first(conn)
            .await?;
        check_version(version, current)?;
        return Ok((own.select(tenants::plan).first(conn).await?, image));
    }
    let (current, plan, logo, cover): (i64, Plan, Option<ImageId>, Option<ImageId>) = own
        .select((tenants::version, tenants::plan, tenants::logo_image_id, tenants::cover_image_id))
        .for_no_key_update()
        .first(conn)
        .await?;
    check_version(version, current)?;
    Ok((plan, if place == Place::Logo { logo } else { cover }))
}

async fn point(tx: &TenantTx, place: Place, image: Option<ImageId>, now: DateTime<Utc>) -> Result<()> {
    let conn = &mut tx.conn();
    let own = tenants::table.find(tx.tenant());
    let raised = (tenants::version.eq(tenants::version + 1), tenants::updated_at.eq(now));
    match place {
        Place::Logo => {
            diesel::update(own).set((tenants::logo_image_id.eq(image), raised)).execute(conn).await?
        }
        Place::Cover => {
            diesel::update(own).set((tenants::cover_image_id.eq(image), raised)).execute(conn).await?
        }
        Place::Service(id) => {
            diesel::update(services::table.find((tx.tenant(), id)))
                .set((
                    services::image_id.eq(image),
                    services::version.eq(services::version + 1),
                    services::updated_at.eq(now),
                ))
                .execute(conn)
                .await?
        }
    };
    Ok(())
}

/// Its files go by a job, after the commit and never before.
async fn remove_row(tx: &TenantTx, id: Option<ImageId>, now: DateTime<Utc>) -> Result<Option<Image>> {
    let Some(id) = id else { return Ok(None) };
    let old = diesel::delete(images::table.find((tx.tenant(), id)))
        .returning(Image::as_returning())
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    tx.enqueue(&[Job::DropImage { image_id: id }], now).await?;
    Ok(old)
}

fn subject(tx: &TenantTx, place: Place) -> uuid::Uuid {
    match place {
        Place::Service(id) => id.0,
        Place::Logo | Place::Cover => tx.tenant().0,
    }
}
