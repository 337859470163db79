//! What others know users by: asked for, offered, linked by the user alone, and taken away.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::account::AccountEvent;
use domain::id::{IdentityId, TenantId, UserId};
use domain::identity::{PATIENCE, Provider};
use domain::rejection::Code;

use crate::accounts::{Origin, note_and_tell};
use crate::error::Result;
use crate::schema::{identities, identity_offers, memberships, sign_in_attempts};
use crate::sessions::TokenHash;
use crate::{AccountTx, IdentityTx, sessions, users};

/// Most identities of one user.
const MOST: i64 = 20;

/// Whose word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// One whom the platform believes.
    Platform(Provider),
    /// A tenant's own provider: what it says counts in that tenant alone.
    Tenant(TenantId),
}

/// How tables keep it: one of them is filled.
type Columns = (Option<Provider>, Option<TenantId>);

impl Source {
    /// As tables keep it.
    const fn columns(self) -> Columns {
        match self {
            Self::Platform(provider) => (Some(provider), None),
            Self::Tenant(id) => (None, Some(id)),
        }
    }

    /// Of the columns, of which one is filled.
    fn of(provider: Option<Provider>, tenant_id: Option<TenantId>) -> Result<Self> {
        let source = provider.map(Self::Platform).or(tenant_id.map(Self::Tenant));
        Ok(source.ok_or(Code::Internal)?)
    }
}

/// A browser on its way to a provider and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub source: Source,
    pub nonce: String,
    /// What proves that whoever brings the code has asked for it (RFC 7636).
    pub verifier: String,
    /// Where to go then; a path of ours.
    pub next: String,
}

/// Remembers that a browser was sent away; `state` is what it comes back with.
pub async fn begin(
    tx: &IdentityTx,
    state: &TokenHash,
    browser: &TokenHash,
    attempt: &Attempt,
    now: DateTime<Utc>,
) -> Result<()> {
    let over = sign_in_attempts::table.filter(sign_in_attempts::created_at.le(now - PATIENCE));
    diesel::delete(over).execute(&mut tx.conn()).await?;
    let (provider, tenant_id) = attempt.source.columns();
    diesel::insert_into(sign_in_attempts::table)
        .values((
            sign_in_attempts::state_hash.eq(state.as_slice()),
            sign_in_attempts::browser_hash.eq(browser.as_slice()),
            sign_in_attempts::provider.eq(provider),
            sign_in_attempts::tenant_id.eq(tenant_id),
            sign_in_attempts::nonce.eq(&attempt.nonce),
            sign_in_attempts::verifier.eq(&attempt.verifier),
            sign_in_attempts::next.eq(&attempt.next),
            sign_in_attempts::created_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The attempt that comes back, once. `None`: it did before, took too long, or is another browser's.
pub async fn take(
    tx: &IdentityTx,
    state: &TokenHash,
    browser: &TokenHash,
    now: DateTime<Utc>,
) -> Result<Option<Attempt>> {
    let open = sign_in_attempts::table
        .find(state.as_slice())
        .filter(sign_in_attempts::browser_hash.eq(browser.as_slice()))
        .filter(sign_in_attempts::created_at.gt(now - PATIENCE));
    let taken: Option<(Columns, String, String, String)> = diesel::delete(open)
        .returning((
            (sign_in_attempts::provider, sign_in_attempts::tenant_id),
            sign_in_attempts::nonce,
            sign_in_attempts::verifier,
            sign_in_attempts::next,
        ))
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    let Some(((provider, tenant_id), nonce, verifier, next)) = taken else { return Ok(None) };
    Ok(Some(Attempt { source: Source::of(provider, tenant_id)?, nonce, verifier, next }))
}

/// Somebody of whom a provider has said who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub source: Source,
    pub issuer: String,
    pub subject: String,
    /// Proven, as the provider says.
    pub email: String,
}

/// The user who is known by this, if one is; notes that it is used.
pub async fn use_of(tx: &IdentityTx, offer: &Offer, now: DateTime<Utc>) -> Result<Option<UserId>> {
    let (provider, tenant_id) = offer.source.columns();
    let linked = identities::table
        .filter(identities::provider.is_not_distinct_from(provider))
        .filter(identities::tenant_id.is_not_distinct_from(tenant_id))
        .filter(identities::issuer.eq(&offer.issuer))
        .filter(identities::subject.eq(&offer.subject));
    Ok(diesel::update(linked)
        .set(identities::last_used_at.eq(now))
        .returning(identities::user_id)
        .get_result(&mut tx.conn())
        .await
        .optional()?)
}

/// Keeps what is linked to nobody for whoever says in this browser that it is theirs. One that waited there is forgotten.
pub async fn offer(tx: &IdentityTx, browser: &TokenHash, offer: &Offer, now: DateTime<Utc>) -> Result<()> {
    let over = identity_offers::created_at.le(now - PATIENCE);
    let over = over.or(identity_offers::browser_hash.eq(browser.as_slice()));
    diesel::delete(identity_offers::table.filter(over)).execute(&mut tx.conn()).await?;
    let (provider, tenant_id) = offer.source.columns();
    diesel::insert_into(identity_offers::table)
        .values((
            identity_offers::browser_hash.eq(browser.as_slice()),
            identity_offers::provider.eq(provider),
            identity_offers::tenant_id.eq(tenant_id),
            identity_offers::issuer.eq(&offer.issuer),
            identity_offers::subject.eq(&offer.subject),
            identity_offers::email.eq(&offer.email),
            identity_offers::created_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// As a row has it.
type Offered = (Columns, String, String, String);

fn offered(((provider, tenant_id), issuer, subject, email): Offered) -> Result<Offer> {
    Ok(Offer { source: Source::of(provider, tenant_id)?, issuer, subject, email })
}

/// What waits in a browser.
pub async fn find_offer(tx: &IdentityTx, browser: &TokenHash, now: DateTime<Utc>) -> Result<Option<Offer>> {
    let found: Option<Offered> = identity_offers::table
        .find(browser.as_slice())
        .filter(identity_offers::created_at.gt(now - PATIENCE))
        .select((
            (identity_offers::provider, identity_offers::tenant_id),
            identity_offers::issuer,
            identity_offers::subject,
            identity_offers::email,
        ))
        .first(&mut tx.conn())
        .await
        .optional()?;
    found.map(offered).transpose()
}

/// Links what waits in a browser to the user who says that it is theirs, and tells them. That of a tenant's provider takes
/// a member of it. `LINK_INVALID`: nothing waits, or no longer; `IDENTITY_TAKEN`: it is another user's.
pub async fn link(
    tx: &AccountTx,
    user_id: UserId,
    browser: &TokenHash,
    from: &Origin,
    now: DateTime<Utc>,
) -> Result<()> {
    let identity = &tx.identity;
    users::lock(identity, user_id).await?;
    let offer = find_offer(identity, browser, now).await?.ok_or(Code::LinkInvalid)?;
    diesel::delete(identity_offers::table.find(browser.as_slice())).execute(&mut identity.conn()).await?;
    if let Source::Tenant(tenant_id) = offer.source
        && !is_member(identity, user_id, tenant_id).await?
    {
        return Err(Code::Forbidden.into());
    }
    let own = identities::table.filter(identities::user_id.eq(user_id)).count();
    let count: i64 = own.get_result(&mut identity.conn()).await?;
    if count >= MOST {
        return Err(Code::TooManyOfThese.into());
    }
    let (provider, tenant_id) = offer.source.columns();
    let linked = diesel::insert_into(identities::table)
        .values((
            identities::id.eq(IdentityId::mint(now)),
            identities::user_id.eq(user_id),
            identities::provider.eq(provider),
            identities::tenant_id.eq(tenant_id),
            identities::issuer.eq(&offer.issuer),
            identities::subject.eq(&offer.subject),
            identities::email.eq(&offer.email),
            identities::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(&mut identity.conn())
        .await?;
    if linked == 0 {
        return Err(Code::IdentityTaken.into());
    }
    note_and_tell(tx, user_id, AccountEvent::IdentityLinked, from, now).await
}

/// Whether somebody is a member of a tenant.
pub async fn is_member(tx: &IdentityTx, user_id: UserId, tenant_id: TenantId) -> Result<bool> {
    let membership = memberships::table
        .filter(memberships::tenant_id.eq(tenant_id))
        .filter(memberships::user_id.eq(user_id));
    Ok(diesel::select(exists(membership)).get_result(&mut tx.conn()).await?)
}

/// What a user is known by.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = identities)]
pub struct Identity {
    pub id: IdentityId,
    pub provider: Option<Provider>,
    /// Whose provider it is, where it is a tenant's own.
    pub tenant_id: Option<TenantId>,
    pub email: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// What a user is known by, the oldest first.
pub async fn list(tx: &IdentityTx, user_id: UserId) -> Result<Vec<Identity>> {
    Ok(identities::table
        .filter(identities::user_id.eq(user_id))
        .order((identities::created_at, identities::id))
        .select(Identity::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// One of a user's own. 404: it is none of theirs.
pub async fn find(tx: &IdentityTx, user_id: UserId, id: IdentityId) -> Result<Identity> {
    Ok(identities::table
        .find(id)
        .filter(identities::user_id.eq(user_id))
        .select(Identity::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?
        .ok_or(Code::NotFound)?)
}

/// Takes one away, with the sessions that a tenant's provider has opened by it, and tells the user. 404: it is none of
/// theirs.
pub async fn unlink(
    tx: &AccountTx,
    user_id: UserId,
    id: IdentityId,
    from: &Origin,
    now: DateTime<Utc>,
) -> Result<()> {
    let identity = &tx.identity;
    let gone = find(identity, user_id, id).await?;
    diesel::delete(identities::table.find(id)).execute(&mut identity.conn()).await?;
    if let Some(tenant_id) = gone.tenant_id {
        sessions::revoke_tenant_only(identity, tenant_id, Some(user_id), now).await?;
    }
    note_and_tell(tx, user_id, AccountEvent::IdentityUnlinked, from, now).await
}

/// Takes all of a user's away: whoever had their account may have linked what is not theirs.
pub(crate) async fn forget(tx: &IdentityTx, user_id: UserId) -> Result<()> {
    let own = identities::table.filter(identities::user_id.eq(user_id));
    diesel::delete(own).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Takes all away that a tenant's provider knows users by, with the sessions that it has opened.
pub(crate) async fn forget_all_of(tx: &IdentityTx, tenant_id: TenantId, now: DateTime<Utc>) -> Result<()> {
    let all = identities::table.filter(identities::tenant_id.eq(tenant_id));
    diesel::delete(all).execute(&mut tx.conn()).await?;
    let offers = identity_offers::table.filter(identity_offers::tenant_id.eq(tenant_id));
    diesel::delete(offers).execute(&mut tx.conn()).await?;
    let attempts = sign_in_attempts::table.filter(sign_in_attempts::tenant_id.eq(tenant_id));
    diesel::delete(attempts).execute(&mut tx.conn()).await?;
    sessions::revoke_tenant_only(tx, tenant_id, None, now).await
}
