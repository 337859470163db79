//! Sessions: the truth about who is signed in. A client of the API has a family of refresh tokens, each used once; a
//! browser has a cookie.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::access::Role;
use domain::id::{SessionId, TenantId, UserId};
use domain::locale::Locale;
use domain::rejection::Code;

use crate::IdentityTx;
use crate::cached::cached;
use crate::error::Result;
use crate::schema::{memberships, refresh_tokens, sessions, tenant_access, users};

/// How long a session of the API lives without being refreshed.
pub const LIFETIME: TimeDelta = TimeDelta::days(30);
/// How long a browser's session lives unused.
pub const IDLE: TimeDelta = TimeDelta::days(14);
/// How long a browser's session lives at most.
pub const MOST: TimeDelta = TimeDelta::days(90);
/// How long an operator acts in a tenant, used or not.
pub const SUPPORT: TimeDelta = TimeDelta::hours(1);
/// Use is written down no oftener than this: a page that is read need not write.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(15);

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub tenant_id: Option<TenantId>,
    pub user_agent: Option<String>,
    pub ip: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    /// It was opened by the word of its tenant's own provider: it leads there, and to nothing of the account itself.
    pub tenant_only: bool,
    /// An operator acts in the tenant, without being a member, for this reason: it is of this tenant alone, too.
    pub support_reason: Option<String>,
}

/// SHA-256 of a refresh token, or of a cookie.
pub type TokenHash = [u8; 32];

/// Opens a session with its first refresh token.
pub async fn open(tx: &IdentityTx, session: &Session, token: &TokenHash) -> Result<()> {
    diesel::insert_into(sessions::table).values(session).execute(&mut tx.conn()).await?;
    add_token(tx, session.id, token, session.created_at).await
}

/// Opens a session of a browser, known by its cookie.
pub async fn open_in_browser(tx: &IdentityTx, session: &Session, cookie: &TokenHash) -> Result<()> {
    diesel::insert_into(sessions::table)
        .values((session, sessions::token_hash.eq(cookie.as_slice())))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What somebody is in a tenant, and what stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sessions)]
#[expect(clippy::struct_excessive_bools, reason = "each stands in a way of its own")]
pub struct Standing {
    #[diesel(select_expression = memberships::role)]
    pub role: Role,
    #[diesel(select_expression = tenant_access::suspended_at.nullable().is_not_null())]
    pub is_suspended: bool,
    #[diesel(select_expression = tenant_access::second_factor_required_at.nullable().is_not_null())]
    pub needs_second_factor: bool,
    #[diesel(select_expression = users::has_second_factor)]
    pub has_second_factor: bool,
    /// The session is for this tenant alone: see [`Session::tenant_only`].
    #[diesel(select_expression = sessions::tenant_only)]
    pub is_tenant_only: bool,
    /// They are no member, but an operator: see [`Session::support_reason`].
    #[diesel(select_expression = sessions::support_reason.is_not_null())]
    pub is_support: bool,
}

impl Standing {
    /// Of an operator who acts for the tenant's support: nothing stands between.
    const fn of_support(has_second_factor: bool) -> Self {
        Self {
            role: Role::OF_SUPPORT,
            is_suspended: false,
            needs_second_factor: false,
            has_second_factor,
            is_tenant_only: true,
            is_support: true,
        }
    }

    /// Why they reach nothing of the tenant's, if they do not.
    pub const fn refusal(&self) -> Option<Code> {
        if self.is_suspended {
            Some(Code::TenantSuspended)
        } else if self.needs_second_factor && !self.has_second_factor {
            Some(Code::SecondFactorRequired)
        } else {
            None
        }
    }
}

/// Whose browser it is, and in which tenant.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct InBrowser {
    pub id: SessionId,
    pub user_id: UserId,
    #[diesel(select_expression = memberships::tenant_id)]
    pub tenant_id: TenantId,
    #[diesel(embed)]
    pub standing: Standing,
    #[diesel(select_expression = users::full_name)]
    pub full_name: String,
    #[diesel(select_expression = users::locale)]
    pub locale: Locale,
    /// Whether the user has proven their address.
    #[diesel(select_expression = users::email_verified_at.is_not_null())]
    pub is_verified: bool,
    /// Whether they look after the platform, too.
    #[diesel(select_expression = users::is_operator)]
    pub is_operator: bool,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub support_reason: Option<String>,
}

impl InBrowser {
    /// When it ends if it is used now; none: it was seen lately, or ends when it ends.
    pub fn prolonged(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        prolonged(self.created_at, self.last_seen_at, now).filter(|_until| !self.standing.is_support)
    }
}

fn prolonged(
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    (now - last_seen_at >= SEEN_EVERY).then(|| (now + IDLE).min(created_at + MOST))
}

/// The live session that a cookie stands for, of somebody who is a member of its tenant, or acts there for its support.
pub async fn in_browser(
    tx: &IdentityTx,
    cookie: &TokenHash,
    now: DateTime<Utc>,
) -> Result<Option<InBrowser>> {
    let member: Option<InBrowser> = sessions::table
        .inner_join(
            memberships::table.on(memberships::user_id
                .eq(sessions::user_id)
                .and(memberships::tenant_id.nullable().eq(sessions::tenant_id))),
        )
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .left_join(tenant_access::table.on(tenant_access::tenant_id.eq(memberships::tenant_id)))
        .filter(sessions::token_hash.eq(cookie.as_slice()))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::support_reason.is_null())
        .select(InBrowser::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    match member {
        Some(member) => Ok(Some(member)),
        None => support_in_browser(tx, cookie, now).await,
    }
}

async fn support_in_browser(
    tx: &IdentityTx,
    cookie: &TokenHash,
    now: DateTime<Utc>,
) -> Result<Option<InBrowser>> {
    let found: Option<(Session, (String, Locale, bool, bool))> = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::token_hash.eq(cookie.as_slice()))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::support_reason.is_not_null())
        .filter(users::is_operator)
        .select((
            Session::as_select(),
            (
                users::full_name,
                users::locale,
                users::email_verified_at.is_not_null(),
                users::has_second_factor,
            ),
        ))
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found.and_then(|(session, (full_name, locale, is_verified, has_second_factor))| {
        Some(InBrowser {
            id: session.id,
            user_id: session.user_id,
            tenant_id: session.tenant_id?,
            standing: Standing::of_support(has_second_factor),
            full_name,
            locale,
            is_verified,
            is_operator: true,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            support_reason: session.support_reason,
        })
    }))
}

/// The browser of an operator, in whatever tenant, or in none.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct OperatorInBrowser {
    pub id: SessionId,
    pub user_id: UserId,
    pub tenant_id: Option<TenantId>,
    #[diesel(select_expression = users::full_name)]
    pub full_name: String,
    #[diesel(select_expression = users::locale)]
    pub locale: Locale,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

impl OperatorInBrowser {
    /// When it ends if it is used now; none: it was seen lately.
    pub fn prolonged(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        prolonged(self.created_at, self.last_seen_at, now)
    }
}

/// The live session that a cookie stands for, of an operator. One that a tenant's provider opened is none: it would give
/// the platform to whoever owns a tenant.
pub async fn operator_in_browser(
    tx: &IdentityTx,
    cookie: &TokenHash,
    now: DateTime<Utc>,
) -> Result<Option<OperatorInBrowser>> {
    Ok(sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::token_hash.eq(cookie.as_slice()))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(users::is_operator)
        .filter(sessions::tenant_only.eq(false))
        .select(OperatorInBrowser::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// A live session's user and whether they are an operator. `None`: the session has ended.
pub async fn operator(tx: &IdentityTx, id: SessionId, now: DateTime<Utc>) -> Result<Option<(UserId, bool)>> {
    Ok(sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::id.eq(id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::tenant_only.eq(false))
        .select((sessions::user_id, users::is_operator))
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// Notes that a session is used, and has it end then.
pub async fn prolong(tx: &IdentityTx, id: SessionId, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    let seen = (sessions::last_seen_at.eq(now), sessions::expires_at.eq(until));
    let prolonged = diesel::update(sessions::table.find(id)).set(seen);
    cached(prolonged).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Has a session act in another tenant of its user; `false`: they are no member there, or it is for its tenant alone.
pub async fn switch(tx: &IdentityTx, id: SessionId, tenant_id: TenantId) -> Result<bool> {
    let is_member = memberships::table
        .filter(memberships::user_id.eq(sessions::user_id))
        .filter(memberships::tenant_id.eq(tenant_id));
    let whole = sessions::table.find(id).filter(sessions::tenant_only.eq(false));
    let switched = diesel::update(whole.filter(diesel::dsl::exists(is_member)))
        .set(sessions::tenant_id.eq(tenant_id))
        .execute(&mut tx.conn())
        .await?;
    Ok(switched > 0)
}

/// Gives a session's client another refresh token: those that it has are over.
pub async fn renew(tx: &IdentityTx, id: SessionId, next: &TokenHash, now: DateTime<Utc>) -> Result<()> {
    let unused = refresh_tokens::table
        .filter(refresh_tokens::session_id.eq(id))
        .filter(refresh_tokens::used_at.is_null());
    diesel::update(unused).set(refresh_tokens::used_at.eq(now)).execute(&mut tx.conn()).await?;
    add_token(tx, id, next, now).await
}

async fn add_token(
    tx: &IdentityTx,
    session_id: SessionId,
    token: &TokenHash,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(token.as_slice()),
            refresh_tokens::session_id.eq(session_id),
            refresh_tokens::created_at.eq(now),
            refresh_tokens::expires_at.eq(now + LIFETIME),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What became of a refresh token that was handed in.
#[derive(Debug)]
pub enum Rotation {
    /// The session goes on, with the new token.
    Renewed(Session),
    /// It was used before: somebody has a copy. The session is revoked; commit that.
    Reused,
    /// Nobody knows it, or it is over.
    Unknown,
}

/// Exchanges a refresh token for the next. Of two that come at once with the same token, the second finds it used.
pub async fn rotate(
    tx: &IdentityTx,
    token: &TokenHash,
    next: &TokenHash,
    now: DateTime<Utc>,
) -> Result<Rotation> {
    let found: Option<(Session, Option<DateTime<Utc>>, DateTime<Utc>)> = refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::token_hash.eq(token.as_slice()))
        .select((Session::as_select(), refresh_tokens::used_at, refresh_tokens::expires_at))
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    let Some((mut session, used_at, expires_at)) = found else {
        return Ok(Rotation::Unknown);
    };
    if used_at.is_some() {
        revoke(tx, session.id, now).await?;
        return Ok(Rotation::Reused);
    }
    if session.revoked_at.is_some() || expires_at <= now || session.expires_at <= now {
        return Ok(Rotation::Unknown);
    }
    diesel::update(refresh_tokens::table.find(token.as_slice()))
        .set(refresh_tokens::used_at.eq(now))
        .execute(&mut tx.conn())
        .await?;
    add_token(tx, session.id, next, now).await?;
    session.expires_at = now + LIFETIME;
    diesel::update(sessions::table.find(session.id))
        .set((sessions::last_seen_at.eq(now), sessions::expires_at.eq(session.expires_at)))
        .execute(&mut tx.conn())
        .await?;
    Ok(Rotation::Renewed(session))
}

/// Ends a session and with it all its tokens.
pub async fn revoke(tx: &IdentityTx, id: SessionId, now: DateTime<Utc>) -> Result<()> {
    diesel::update(sessions::table.find(id).filter(sessions::revoked_at.is_null()))
        .set(sessions::revoked_at.eq(now))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Ends all sessions of somebody, browsers and clients alike, but the one that is to stay.
pub async fn revoke_all(
    tx: &IdentityTx,
    user_id: UserId,
    but: Option<SessionId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let others = sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::id.nullable().is_distinct_from(but));
    diesel::update(others).set(sessions::revoked_at.eq(now)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Ends the sessions in which an operator acts for a tenant's support.
pub(crate) async fn revoke_support(tx: &IdentityTx, user_id: UserId, now: DateTime<Utc>) -> Result<()> {
    let open = sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::support_reason.is_not_null())
        .filter(sessions::revoked_at.is_null());
    diesel::update(open).set(sessions::revoked_at.eq(now)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Ends the sessions that a tenant's own provider has opened: of everybody, or of one user.
pub(crate) async fn revoke_tenant_only(
    tx: &IdentityTx,
    tenant_id: TenantId,
    user_id: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let open = sessions::table
        .filter(sessions::tenant_id.eq(tenant_id))
        .filter(sessions::tenant_only)
        .filter(sessions::support_reason.is_null())
        .filter(sessions::revoked_at.is_null());
    let ended = sessions::revoked_at.eq(now);
    match user_id {
        Some(id) => {
            let own = open.filter(sessions::user_id.eq(id));
            diesel::update(own).set(ended).execute(&mut tx.conn()).await?
        }
        None => diesel::update(open).set(ended).execute(&mut tx.conn()).await?,
    };
    Ok(())
}

/// A live session as its user sees it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct Listed {
    pub id: SessionId,
    pub user_agent: Option<String>,
    pub ip: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    /// Not a client of the API.
    #[diesel(select_expression = sessions::token_hash.is_not_null())]
    pub is_browser: bool,
}

/// Somebody's live sessions, the one that was seen last first; at most 100.
pub async fn list(tx: &IdentityTx, user_id: UserId, now: DateTime<Utc>) -> Result<Vec<Listed>> {
    Ok(sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .select(Listed::as_select())
        .limit(100)
        .load(&mut tx.conn())
        .await?)
}

/// Ends one session of somebody's own. 404: theirs is none that lives.
pub async fn revoke_of(tx: &IdentityTx, user_id: UserId, id: SessionId, now: DateTime<Utc>) -> Result<()> {
    let own = sessions::table
        .find(id)
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now));
    let ended = diesel::update(own).set(sessions::revoked_at.eq(now)).execute(&mut tx.conn()).await?;
    if ended == 0 { Err(Code::NotFound.into()) } else { Ok(()) }
}

/// Ends the session that a cookie stands for; an unknown one ends nothing.
pub async fn revoke_in_browser(tx: &IdentityTx, cookie: &TokenHash, now: DateTime<Utc>) -> Result<()> {
    diesel::update(
        sessions::table
            .filter(sessions::token_hash.eq(cookie.as_slice()))
            .filter(sessions::revoked_at.is_null()),
    )
    .set(sessions::revoked_at.eq(now))
    .execute(&mut tx.conn())
    .await?;
    Ok(())
}

/// Ends the session a refresh token belongs to; an unknown token ends nothing.
pub async fn revoke_by_token(tx: &IdentityTx, token: &TokenHash, now: DateTime<Utc>) -> Result<()> {
    let session: Option<SessionId> = refresh_tokens::table
        .find(token.as_slice())
        .select(refresh_tokens::session_id)
        .first(&mut tx.conn())
        .await
        .optional()?;
    match session {
        Some(id) => revoke(tx, id, now).await,
        None => Ok(()),
    }
}

/// A live session's user and how they stand in `tenant_id`. `None`: the session has ended, or they are no member and act
/// for nobody's support.
pub async fn member(
    tx: &IdentityTx,
    id: SessionId,
    tenant_id: TenantId,
    now: DateTime<Utc>,
) -> Result<Option<(UserId, Standing)>> {
    let member: Option<(UserId, Standing)> = sessions::table
        .inner_join(memberships::table.on(memberships::user_id.eq(sessions::user_id)))
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .left_join(tenant_access::table.on(tenant_access::tenant_id.eq(memberships::tenant_id)))
        .filter(sessions::id.eq(id))
        .filter(sessions::tenant_id.eq(tenant_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(memberships::tenant_id.eq(tenant_id))
        .filter(sessions::support_reason.is_null())
        .select((sessions::user_id, Standing::as_select()))
        .first(&mut tx.conn())
        .await
        .optional()?;
    if member.is_some() {
        return Ok(member);
    }
    let support: Option<(UserId, bool)> = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::id.eq(id))
        .filter(sessions::tenant_id.eq(tenant_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::support_reason.is_not_null())
        .filter(users::is_operator)
        .select((sessions::user_id, users::has_second_factor))
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(support.map(|(user_id, has_second_factor)| (user_id, Standing::of_support(has_second_factor))))
}
