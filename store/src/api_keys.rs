//! Keys of the API: made, replaced, taken away, and known by their hash.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::dsl::auto_type;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::api_key::{Draft, MOST, Scope};
use domain::id::{ApiKeyId, UserId};
use domain::plan::{Feature, Plan};
use domain::rejection::Code;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::cached::cached;
use crate::error::Result;
use crate::schema::{api_keys, tenants};
use crate::tenants::Zone;

/// SHA-256 of a key.
pub type KeyHash = [u8; 32];

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    pub prefix: String,
    pub scopes: Vec<Scope>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
    pub expires_at: Option<DateTime<Utc>>,
    /// Within some seconds.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A key that somebody calls by.
#[derive(Clone, Debug)]
pub struct Calling {
    pub id: ApiKeyId,
    pub scopes: Vec<Scope>,
    pub plan: Plan,
    /// The tenant's.
    pub timezone: Tz,
}

/// What the trail keeps of a key.
#[derive(Serialize)]
struct Facts<'a> {
    name: &'a str,
    prefix: &'a str,
    scopes: &'a [Scope],
    expires_at: Option<DateTime<Utc>>,
}

impl ApiKey {
    fn facts(&self) -> Facts<'_> {
        Facts { name: &self.name, prefix: &self.prefix, scopes: &self.scopes, expires_at: self.expires_at }
    }
}

#[auto_type]
fn is_good(now: DateTime<Utc>) -> _ {
    api_keys::revoked_at.is_null().and(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)))
}

/// The keys that are good, the newest first.
pub async fn list(tx: &TenantTx, now: DateTime<Utc>) -> Result<Vec<ApiKey>> {
    Ok(api_keys::table
        .filter(api_keys::tenant_id.eq(tx.tenant()))
        .filter(is_good(now))
        .order((api_keys::created_at.desc(), api_keys::id.desc()))
        .select(ApiKey::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// The key of that hash, if it is good.
pub async fn calling(tx: &TenantTx, hash: &KeyHash, now: DateTime<Utc>) -> Result<Option<Calling>> {
    let found = api_keys::table
        .inner_join(tenants::table)
        .filter(api_keys::tenant_id.eq(tx.tenant()))
        .filter(api_keys::key_hash.eq(hash.as_slice()))
        .filter(is_good(now))
        .select((api_keys::id, api_keys::scopes, tenants::plan, tenants::timezone));
    let found: Option<(ApiKeyId, Vec<Scope>, Plan, Zone)> =
        cached(found).get_result(&mut tx.conn()).await.optional()?;
    Ok(found.map(|(id, scopes, plan, zone)| Calling { id, scopes, plan, timezone: zone.into() }))
}

/// Makes a key; `key` is the whole of it, whose hash alone is kept. Refused by a plan without the API, and over
/// [`MOST`] keys.
pub async fn add(tx: &TenantTx, draft: Draft, key: &str, by: &By, now: DateTime<Utc>) -> Result<ApiKey> {
    lock(tx).await?.require(Feature::PublicApi)?;
    if list(tx, now).await?.len() >= MOST {
        return Err(Code::TooManyOfThese.into());
    }
    let added = insert(tx, draft, key, by, now).await?;
    let change = Change::<(), _> {
        action: "api_key.create",
        subject: added.id.0,
        before: None,
        after: Some(&added.facts()),
    };
    audit::record(tx, by, change, now).await?;
    Ok(added)
}

/// Makes a key like one that is good, which is good until `until` then.
pub async fn rotate(
    tx: &TenantTx,
    id: ApiKeyId,
    overlap_hours: i64,
    key: &str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<ApiKey> {
    lock(tx).await?.require(Feature::PublicApi)?;
    let old = find(tx, id, now).await?;
    let until = domain::api_key::overlap_until(overlap_hours, old.expires_at, now)?;
    // As long as the one before was meant to be good.
    let expires_at = old.expires_at.map(|end| now + (end - old.created_at));
    let draft = Draft { name: old.name.clone(), scopes: old.scopes.iter().copied().collect(), expires_at };
    let added = insert(tx, draft, key, by, now).await?;
    diesel::update(api_keys::table.find((tx.tenant(), id)))
        .set(api_keys::expires_at.eq(until))
        .execute(&mut tx.conn())
        .await?;
    let change = Change {
        action: "api_key.rotate",
        subject: id.0,
        before: Some(&old.facts()),
        after: Some(&added.facts()),
    };
    audit::record(tx, by, change, now).await?;
    Ok(added)
}

/// Has a key open nothing any more.
pub async fn revoke(tx: &TenantTx, id: ApiKeyId, by: &By, now: DateTime<Utc>) -> Result<()> {
    lock(tx).await?;
    let key = find(tx, id, now).await?;
    diesel::update(api_keys::table.find((tx.tenant(), id)))
        .set(api_keys::revoked_at.eq(now))
        .execute(&mut tx.conn())
        .await?;
    let change =
        Change::<_, ()> { action: "api_key.revoke", subject: id.0, before: Some(&key.facts()), after: None };
    audit::record(tx, by, change, now).await
}

/// Notes that keys were used, each when it was last.
pub async fn used(tx: &TenantTx, when: impl IntoIterator<Item = (ApiKeyId, DateTime<Utc>)>) -> Result<()> {
    for (id, at) in when {
        let later = api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(at));
        diesel::update(api_keys::table.find((tx.tenant(), id)).filter(later))
            .set(api_keys::last_used_at.eq(at))
            .execute(&mut tx.conn())
            .await?;
    }
    Ok(())
}

/// Has others wait who change keys, and answers the plan.
async fn lock(tx: &TenantTx) -> Result<Plan> {
    Ok(tenants::table
        .find(tx.tenant())
        .select(tenants::plan)
        .for_no_key_update()
        .first(&mut tx.conn())
        .await?)
}

/// One that is good.
pub async fn find(tx: &TenantTx, id: ApiKeyId, now: DateTime<Utc>) -> Result<ApiKey> {
    Ok(api_keys::table
        .find((tx.tenant(), id))
        .filter(is_good(now))
        .select(ApiKey::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?
        .ok_or(Code::NotFound)?)
}

async fn insert(tx: &TenantTx, draft: Draft, key: &str, by: &By, now: DateTime<Utc>) -> Result<ApiKey> {
    let added = ApiKey {
        id: ApiKeyId::mint(now),
        name: draft.name,
        prefix: domain::api_key::prefix(key).to_owned(),
        scopes: draft.scopes.into_iter().collect(),
        created_at: now,
        created_by: by.user(),
        expires_at: draft.expires_at,
        last_used_at: None,
    };
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::tenant_id.eq(tx.tenant()),
            api_keys::id.eq(added.id),
            api_keys::name.eq(&added.name),
            api_keys::prefix.eq(&added.prefix),
            api_keys::key_hash.eq(KeyHash::from(Sha256::digest(key)).as_slice()),
            api_keys::scopes.eq(&added.scopes),
            api_keys::created_at.eq(now),
            api_keys::created_by.eq(added.created_by),
            api_keys::expires_at.eq(added.expires_at),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(added)
}
