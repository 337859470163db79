//! People who can sign in.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::access::Role;
use domain::contact::Email;
use domain::id::{ResetId, TenantId, UserId};
use domain::link::TO_RESET;
use domain::locale::Locale;
use domain::rejection::Code;

use crate::cached::cached;
use crate::error::{OnConstraint, Result};
use crate::schema::{credentials, memberships, password_resets, users};
use crate::{IdentityTx, TenantTx, accounts, identities, passkeys, sessions};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub email_key: String,
    pub full_name: String,
    pub locale: Locale,
    pub is_operator: bool,
    /// Whether signing in takes more than the password.
    pub has_second_factor: bool,
    pub email_verified_at: Option<DateTime<Utc>>,
    pub last_login_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl User {
    pub fn new(email: &Email, full_name: String, locale: Locale, now: DateTime<Utc>) -> Self {
        Self {
            id: UserId::mint(now),
            email: email.address.clone(),
            email_key: email.key.clone(),
            full_name,
            locale,
            is_operator: false,
            has_second_factor: false,
            email_verified_at: None,
            last_login_at: None,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Adds a user with a password, already hashed.
pub async fn add(tx: &IdentityTx, user: &User, password_hash: &str) -> Result<()> {
    accounts::check_free(tx, &user.email_key, None, user.created_at).await?;
    diesel::insert_into(users::table)
        .values(user)
        .execute(&mut tx.conn())
        .await
        .on_constraint("users_email_key_key", Code::EmailTaken)?;
    diesel::insert_into(credentials::table)
        .values((
            credentials::user_id.eq(user.id),
            credentials::password_hash.eq(password_hash),
            credentials::updated_at.eq(user.created_at),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find(tx: &IdentityTx, id: UserId) -> Result<User> {
    Ok(users::table.find(id).select(User::as_select()).first(&mut tx.conn()).await?)
}

/// Has others wait who would add to what the user has.
pub(crate) async fn lock(tx: &IdentityTx, id: UserId) -> Result<()> {
    users::table.find(id).select(users::id).for_no_key_update().first::<UserId>(&mut tx.conn()).await?;
    Ok(())
}

/// Somebody, and the hash of their password, if they have one.
pub async fn find_with_password(tx: &IdentityTx, id: UserId) -> Result<(User, Option<String>)> {
    Ok(users::table
        .find(id)
        .left_join(credentials::table)
        .select((User::as_select(), credentials::password_hash.nullable()))
        .first(&mut tx.conn())
        .await?)
}

/// Who signs in with this address, and the hash of their password, if they have one.
pub async fn find_by_email(tx: &IdentityTx, email_key: &str) -> Result<Option<(User, Option<String>)>> {
    Ok(users::table
        .left_join(credentials::table)
        .filter(users::email_key.eq(email_key))
        .select((User::as_select(), credentials::password_hash.nullable()))
        .first(&mut tx.conn())
        .await
        .optional()?)
}

pub async fn add_membership(
    tx: &IdentityTx,
    tenant_id: TenantId,
    user_id: UserId,
    role: Role,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(memberships::table)
        .values((
            memberships::tenant_id.eq(tenant_id),
            memberships::user_id.eq(user_id),
            memberships::role.eq(role),
            memberships::created_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The tenants somebody is a member of, the oldest membership first.
pub async fn memberships(tx: &IdentityTx, user_id: UserId) -> Result<Vec<(TenantId, Role)>> {
    Ok(memberships::table
        .filter(memberships::user_id.eq(user_id))
        .order((memberships::created_at, memberships::tenant_id))
        .select((memberships::tenant_id, memberships::role))
        .load(&mut tx.conn())
        .await?)
}

/// Notes that the address was proven; says whether it was not before.
pub async fn verify_email(tx: &IdentityTx, id: UserId, now: DateTime<Utc>) -> Result<bool> {
    let proven = diesel::update(users::table.find(id).filter(users::email_verified_at.is_null()))
        .set((users::email_verified_at.eq(now), users::updated_at.eq(now)))
        .execute(&mut tx.conn())
        .await?;
    Ok(proven > 0)
}

/// Notes that somebody asked for a new password.
pub async fn add_reset(tx: &IdentityTx, id: ResetId, user_id: UserId, now: DateTime<Utc>) -> Result<()> {
    let over = password_resets::created_at.lt(now - TO_RESET);
    diesel::delete(password_resets::table.filter(password_resets::user_id.eq(user_id)).filter(over))
        .execute(&mut tx.conn())
        .await?;
    diesel::insert_into(password_resets::table)
        .values((
            password_resets::id.eq(id),
            password_resets::user_id.eq(user_id),
            password_resets::created_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Who asked for it; none: it was used, or is over.
pub async fn find_reset(tx: &IdentityTx, id: ResetId) -> Result<Option<UserId>> {
    Ok(password_resets::table
        .find(id)
        .filter(password_resets::used_at.is_null())
        .select(password_resets::user_id)
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// Uses a request for a new password, and with it all others of the same user: each password is chosen once. Whoever had
/// the account may have linked what is theirs, which is forgotten, or added a passkey, which signs in with the password alone from
/// now on. `None`: it was used, or is over.
pub async fn reset_password(
    tx: &IdentityTx,
    id: ResetId,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<UserId>> {
    let used: Option<UserId> =
        diesel::update(password_resets::table.find(id).filter(password_resets::used_at.is_null()))
            .set(password_resets::used_at.eq(now))
            .returning(password_resets::user_id)
            .get_result(&mut tx.conn())
            .await
            .optional()?;
    let Some(user_id) = used else { return Ok(None) };
    accounts::set_password(tx, user_id, password_hash, now).await?;
    identities::forget(tx, user_id).await?;
    passkeys::distrust(tx, user_id).await?;
    Ok(Some(user_id))
}

pub async fn note_login(tx: &IdentityTx, id: UserId, now: DateTime<Utc>) -> Result<()> {
    diesel::update(users::table.find(id)).set(users::last_login_at.eq(now)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Makes somebody an operator of the platform, who has a second factor.
pub async fn make_operator(tx: &IdentityTx, id: UserId, now: DateTime<Utc>) -> Result<()> {
    diesel::update(users::table.find(id))
        .set((users::is_operator.eq(true), users::updated_at.eq(now)))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Has an operator be one no longer. Their sessions go on as what else they are; those for a tenant's support end.
pub async fn end_operator(tx: &IdentityTx, id: UserId, now: DateTime<Utc>) -> Result<()> {
    diesel::update(users::table.find(id))
        .set((users::is_operator.eq(false), users::updated_at.eq(now)))
        .execute(&mut tx.conn())
        .await?;
    sessions::revoke_support(tx, id, now).await
}

/// Where to write to a member: all that a worker may know of a user.
#[derive(Clone, Debug, QueryableByName)]
pub struct Contact {
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub email: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub full_name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub locale: Locale,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>)]
    pub email_verified_at: Option<DateTime<Utc>>,
}

/// `None`: no member of this tenant.
pub async fn contact(tx: &TenantTx, id: UserId) -> Result<Option<Contact>> {
    Ok(diesel::sql_query("SELECT * FROM member_contact($1)")
        .bind::<diesel::sql_types::Uuid, _>(id)
        .get_result(&mut tx.conn())
        .await
        .optional()?)
}

/// An owner, as far as workers know them.
#[derive(Clone, Debug, QueryableByName)]
pub struct Owner {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub id: UserId,
    #[diesel(embed)]
    pub contact: Contact,
}

/// The owners of the tenant, the oldest membership first.
pub async fn owners(tx: &TenantTx) -> Result<Vec<Owner>> {
    let owners = diesel::sql_query("SELECT * FROM owner_contacts()");
    Ok(cached(owners).load(&mut tx.conn()).await?)
}

/// How many can sign in to a tenant.
pub async fn count_members(tx: &IdentityTx, tenant_id: TenantId) -> Result<i64> {
    Ok(memberships::table
        .filter(memberships::tenant_id.eq(tenant_id))
        .count()
        .get_result(&mut tx.conn())
        .await?)
}
