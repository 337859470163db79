//! What users do with their own account, and what they are told of it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::account::AccountEvent;
use domain::contact::Email;
use domain::id::{AccountEventId, EmailChangeId, SessionId, UserId};
use domain::link::{TO_CONFIRM, TO_UNDO};
use domain::locale::Locale;
use domain::rejection::Code;
use jobs::Job;

use crate::error::{OnConstraint, Result};
use crate::schema::{account_events, credentials, email_changes, password_resets, users};
use crate::users::User;
use crate::{AccountTx, IdentityTx, TenantTx, identities, passkeys, second_factors, sessions};

/// From where somebody acts.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub ip: Option<String>,
    pub user_agent: Option<String>,
}

/// Something that happened to an account.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = account_events)]
pub struct Happened {
    pub kind: AccountEvent,
    pub user_agent: Option<String>,
    pub ip: Option<String>,
    pub occurred_at: DateTime<Utc>,
}

/// What happened to an account, the latest first.
pub async fn events(tx: &IdentityTx, user_id: UserId, limit: i64) -> Result<Vec<Happened>> {
    Ok(account_events::table
        .filter(account_events::user_id.eq(user_id))
        .order(account_events::id.desc())
        .select(Happened::as_select())
        .limit(limit)
        .load(&mut tx.conn())
        .await?)
}

/// Writes down what happened.
pub async fn note(
    tx: &IdentityTx,
    user_id: UserId,
    event: AccountEvent,
    from: &Origin,
    now: DateTime<Utc>,
) -> Result<AccountEventId> {
    let id = AccountEventId::mint(now);
    diesel::insert_into(account_events::table)
        .values((
            account_events::user_id.eq(user_id),
            account_events::id.eq(id),
            account_events::kind.eq(event),
            account_events::user_agent.eq(from.user_agent.as_deref()),
            account_events::ip.eq(from.ip.as_deref()),
            account_events::occurred_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(id)
}

/// Notes that somebody has signed in.
pub async fn note_sign_in(tx: &IdentityTx, id: UserId, from: &Origin, now: DateTime<Utc>) -> Result<()> {
    crate::users::note_login(tx, id, now).await?;
    note(tx, id, AccountEvent::SignedIn, from, now).await.map(|_id| ())
}

/// Notes what happened, and has the user told where the event is one they are told of.
pub async fn note_and_tell(
    tx: &AccountTx,
    user_id: UserId,
    event: AccountEvent,
    from: &Origin,
    now: DateTime<Utc>,
) -> Result<()> {
    let event_id = note(&tx.identity, user_id, event, from, now).await?;
    if event.is_told() {
        tx.tenant.enqueue(&[Job::SendAccountNotice { user_id, event_id }], now).await?;
    }
    Ok(())
}

/// Changes the name and the language of a user; none stays as it is.
pub async fn update(
    tx: &IdentityTx,
    id: UserId,
    full_name: Option<&str>,
    locale: Option<Locale>,
    now: DateTime<Utc>,
) -> Result<User> {
    #[derive(AsChangeset)]
    #[diesel(table_name = users)]
    struct Changes<'a> {
        full_name: Option<&'a str>,
        locale: Option<Locale>,
        updated_at: DateTime<Utc>,
    }
    Ok(diesel::update(users::table.find(id))
        .set(Changes { full_name, locale, updated_at: now })
        .returning(User::as_returning())
        .get_result(&mut tx.conn())
        .await?)
}

/// Sets a password, already hashed: all other ways in are over, the session `in_use` goes on.
pub async fn change_password(
    tx: &AccountTx,
    id: UserId,
    hash: &str,
    in_use: SessionId,
    from: &Origin,
    now: DateTime<Utc>,
) -> Result<()> {
    set_password(&tx.identity, id, hash, now).await?;
    sessions::revoke_all(&tx.identity, id, Some(in_use), now).await?;
    note_and_tell(tx, id, AccountEvent::PasswordChanged, from, now).await
}

/// Sets a password, and has links to choose one open nothing any more, nor one to another address: whoever knew the former
/// password may have asked for it.
pub(crate) async fn set_password(tx: &IdentityTx, id: UserId, hash: &str, now: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(credentials::table)
        .values((
            credentials::user_id.eq(id),
            credentials::password_hash.eq(hash),
            credentials::updated_at.eq(now),
        ))
        .on_conflict(credentials::user_id)
        .do_update()
        .set((credentials::password_hash.eq(hash), credentials::updated_at.eq(now)))
        .execute(&mut tx.conn())
        .await?;
    withdraw_email_change(tx, id, now).await?;
    close_resets(tx, id, now).await
}

/// Has links to choose a password open nothing any more: they are in a mailbox that may be somebody else's.
async fn close_resets(tx: &IdentityTx, id: UserId, now: DateTime<Utc>) -> Result<()> {
    let open = password_resets::table
        .filter(password_resets::user_id.eq(id))
        .filter(password_resets::used_at.is_null());
    diesel::update(open).set(password_resets::used_at.eq(now)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Removes an account and all that is known of it. Memberships ended before, each in its tenant: see
/// [`crate::members::remove`].
pub async fn remove(tx: &IdentityTx, id: UserId) -> Result<()> {
    diesel::delete(users::table.find(id)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// A change of address that waits for its confirmation.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = email_changes)]
pub struct EmailChange {
    pub id: EmailChangeId,
    pub user_id: UserId,
    pub old_email: String,
    pub old_email_key: String,
    pub email: String,
    pub email_key: String,
    pub created_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub undone_at: Option<DateTime<Utc>>,
}

#[auto_type]
fn waits() -> _ {
    email_changes::confirmed_at.is_null().and(email_changes::undone_at.is_null())
}

/// The address that a user waits to have, if they do.
pub async fn awaited_email(tx: &IdentityTx, id: UserId, now: DateTime<Utc>) -> Result<Option<String>> {
    Ok(email_changes::table
        .filter(email_changes::user_id.eq(id))
        .filter(waits())
        .filter(email_changes::created_at.gt(now - TO_CONFIRM))
        .order(email_changes::created_at.desc())
        .select(email_changes::email)
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// Writes to the new address for its proof, and to the old one for their knowledge. Nothing has changed yet, and nobody
/// learns whether the new address is another's. A change that waited is overtaken.
pub async fn ask_email_change(
    tx: &AccountTx,
    user: &User,
    email: &Email,
    from: &Origin,
    now: DateTime<Utc>,
) -> Result<()> {
    let AccountTx { tenant, identity } = tx;
    withdraw_email_change(identity, user.id, now).await?;
    let change_id = EmailChangeId::mint(now);
    diesel::insert_into(email_changes::table)
        .values((
            email_changes::id.eq(change_id),
            email_changes::user_id.eq(user.id),
            email_changes::old_email.eq(&user.email),
            email_changes::old_email_key.eq(&user.email_key),
            email_changes::email.eq(&email.address),
            email_changes::email_key.eq(&email.key),
            email_changes::created_at.eq(now),
        ))
        .execute(&mut identity.conn())
        .await?;
    note(identity, user.id, AccountEvent::EmailChangeAsked, from, now).await?;
    let user_id = user.id;
    let jobs = [
        Job::SendEmailConfirmation { user_id, change_id, asked_at: now },
        Job::SendEmailChangeNotice { user_id, change_id, asked_at: now },
    ];
    tenant.enqueue(&jobs, now).await
}

/// Has the link to a new address open nothing any more.
pub async fn withdraw_email_change(tx: &IdentityTx, id: UserId, now: DateTime<Utc>) -> Result<()> {
    let open = email_changes::table.filter(email_changes::user_id.eq(id)).filter(waits());
    diesel::update(open).set(email_changes::undone_at.eq(now)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// What a link to confirm or undo speaks of; none: it is over, or undone.
pub async fn find_email_change(tx: &IdentityTx, id: EmailChangeId) -> Result<Option<EmailChange>> {
    Ok(email_changes::table
        .find(id)
        .filter(email_changes::undone_at.is_null())
        .select(EmailChange::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// Gives a user the address that they have proven by its link, once. `EMAIL_TAKEN`: it is another's.
pub async fn confirm_email(
    tx: &IdentityTx,
    id: EmailChangeId,
    from: &Origin,
    now: DateTime<Utc>,
) -> Result<()> {
    let open = email_changes::table.find(id).filter(waits());
    let change: Option<EmailChange> = diesel::update(open)
        .set(email_changes::confirmed_at.eq(now))
        .returning(EmailChange::as_returning())
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    let change = change.ok_or(Code::LinkInvalid)?;
    check_free(tx, &change.email_key, Some(change.user_id), now).await?;
    diesel::update(users::table.find(change.user_id))
        .set((
            users::email.eq(&change.email),
            users::email_key.eq(&change.email_key),
            users::email_verified_at.eq(now),
            users::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await
        .on_constraint("users_email_key_key", Code::EmailTaken)?;
    close_resets(tx, change.user_id, now).await?;
    note(tx, change.user_id, AccountEvent::EmailChanged, from, now).await?;
    Ok(())
}

/// Gives a user the old address back, for whoever reads it says that the change was not theirs: then somebody else knows
/// the password, so there is none until another is chosen, every session ends, and nobody else signs the user in. Every later
/// change is void, and so is every second factor of the last day before it: they are of whoever made it.
pub async fn undo_email(tx: &IdentityTx, id: EmailChangeId, from: &Origin, now: DateTime<Utc>) -> Result<()> {
    let open = email_changes::table.find(id).filter(email_changes::undone_at.is_null());
    let change: Option<EmailChange> = diesel::update(open)
        .set(email_changes::undone_at.eq(now))
        .returning(EmailChange::as_returning())
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    let change = change.ok_or(Code::LinkInvalid)?;
    let later = email_changes::table
        .filter(email_changes::user_id.eq(change.user_id))
        .filter(email_changes::created_at.ge(change.created_at));
    diesel::update(later).set(email_changes::undone_at.eq(now)).execute(&mut tx.conn()).await?;
    if change.confirmed_at.is_some() {
        diesel::update(users::table.find(change.user_id))
            .set((
                users::email.eq(&change.old_email),
                users::email_key.eq(&change.old_email_key),
                users::updated_at.eq(now),
            ))
            .execute(&mut tx.conn())
            .await
            .on_constraint("users_email_key_key", Code::EmailTaken)?;
    }
    diesel::delete(credentials::table.find(change.user_id)).execute(&mut tx.conn()).await?;
    identities::forget(tx, change.user_id).await?;
    passkeys::distrust(tx, change.user_id).await?;
    second_factors::forget_since(tx, change.user_id, change.created_at - TimeDelta::days(1), now).await?;
    close_resets(tx, change.user_id, now).await?;
    sessions::revoke_all(tx, change.user_id, None, now).await?;
    note(tx, change.user_id, AccountEvent::EmailChangeUndone, from, now).await?;
    Ok(())
}

/// Refuses an address that somebody but `user` has given up so lately that they can still have it back.
pub(crate) async fn check_free(
    tx: &IdentityTx,
    email_key: &str,
    user: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let given_up = email_changes::table
        .filter(email_changes::old_email_key.eq(email_key))
        .filter(email_changes::created_at.gt(now - TO_UNDO))
        .filter(email_changes::confirmed_at.is_not_null())
        .filter(email_changes::undone_at.is_null())
        .filter(email_changes::user_id.nullable().is_distinct_from(user));
    let is_kept: bool = diesel::select(exists(given_up)).get_result(&mut tx.conn()).await?;
    if is_kept { Err(Code::EmailTaken.into()) } else { Ok(()) }
}

/// Something that happened, as workers know it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Told {
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub kind: AccountEvent,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    pub user_agent: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    pub ip: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Timestamptz)]
    pub occurred_at: DateTime<Utc>,
}

/// What happened to the account of a member.
pub async fn told(tx: &TenantTx, user_id: UserId, id: AccountEventId) -> Result<Option<Told>> {
    Ok(diesel::sql_query("SELECT * FROM account_event($1, $2)")
        .bind::<diesel::sql_types::Uuid, _>(user_id)
        .bind::<diesel::sql_types::Uuid, _>(id)
        .get_result(&mut tx.conn())
        .await
        .optional()?)
}

/// The addresses between which a member changes, as workers know them.
#[derive(Clone, Debug, QueryableByName)]
pub struct Addresses {
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub old_email: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub email: String,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>)]
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// `None`: undone, or overtaken.
pub async fn addresses(tx: &TenantTx, user_id: UserId, id: EmailChangeId) -> Result<Option<Addresses>> {
    Ok(diesel::sql_query("SELECT * FROM email_change($1, $2)")
        .bind::<diesel::sql_types::Uuid, _>(user_id)
        .bind::<diesel::sql_types::Uuid, _>(id)
        .get_result(&mut tx.conn())
        .await
        .optional()?)
}
