//! Accounts: what the API and the pages do alike when somebody signs up, signs in, has forgotten how, or changes what is
//! known of them.

mod identity;
mod invitation;
mod own;
mod passkeys;
mod recovery;
mod second_factor;
mod sign_in;
mod support;

pub use identity::{
    Begun, Declined, Finished, Returned, begin, confirm, finish, offered, redirect_uri, remove_sign_on,
    set_sign_on, unlink,
};
pub use invitation::{Invited, invited, join, join_as_new};
pub use own::{
    Own, ask_for_email, change_password, confirm_email, leads_to_email, open_tenant, remove,
    sign_out_elsewhere, undo_email, withdraw_email,
};
pub use passkeys::{
    Answered, Challenge, add_passkey, ask_for_passkey, ask_for_sign_in, pass_by_passkey, passkey_host,
    passkey_name, remove_passkey, rename_passkey, sign_in_by_passkey,
};
pub use recovery::{
    forgot_password, may_reset_password, remind, resend_verification, reset_password, verify_email,
    verify_own_email,
};
pub use second_factor::{
    TotpOffer, confirm_totp, offer_totp, pass_second_factor, remove_second_factor, renew_recovery_codes,
    waiting_totp,
};
pub(crate) use sign_in::new_session;
pub use sign_in::{authenticate, locked_out, open_in_browser, open_in_tenant, unlock};
pub use support::{begin_support, end_support};

use chrono::{DateTime, Utc};
use domain::id::TenantId;
use domain::rejection::Code;
use domain::slug;
use domain::tenant::{SignUpDraft, TenantDraft};
use store::AccountTx;
use store::tenants::SignedUp;

use crate::extract::Anybody;
use crate::limit::AUTH;
use crate::problem::Result;
use crate::random;
use crate::state::State;

/// Signs up a user and their tenant. A slug that is taken is told before an address is, so that nobody learns by one of
/// the other.
pub async fn register(anybody: &Anybody, draft: SignUpDraft) -> Result<SignedUp> {
    anybody.state.take(AUTH, &anybody.ip).await?;
    let password = draft.password.clone();
    let sign_up = draft.checked()?;
    check_slug(anybody, sign_up.tenant.slug.as_deref()).await?;
    let hash = anybody.state.passwords.hash(password).await?;
    let TenantDraft { name, slug, .. } = sign_up.tenant.clone();
    under_a_slug(&anybody.state, &name, slug, anybody.now, async |tx, slug| {
        store::tenants::sign_up(tx, sign_up.clone(), slug, &hash, anybody.now).await
    })
    .await
}

async fn check_slug(anybody: &Anybody, slug: Option<&str>) -> Result<()> {
    let Some(slug) = slug else { return Ok(()) };
    let identity = anybody.state.store.identity();
    let taken = identity.statement(async |tx| store::tenants::resolve(tx, slug).await).await?;
    if taken.is_some() { Err(Code::SlugTaken.into()) } else { Ok(()) }
}

/// Makes a tenant under the slug that was asked for, or else under one made from its name.
pub async fn under_a_slug<T>(
    state: &State,
    name: &str,
    asked: Option<String>,
    now: DateTime<Utc>,
    make: impl AsyncFn(&AccountTx, String) -> Result<T, store::Error>,
) -> Result<T> {
    let suggested = slug::suggest(name);
    // A name that is taken is not the asker's fault when we chose it: add something and try again.
    for attempt in 0..5 {
        let slug = match (&asked, attempt) {
            (Some(slug), _) => slug.clone(),
            (None, 0) => suggested.clone(),
            (None, _) => format!("{suggested}-{:05x}", random::number() & 0xf_ffff),
        };
        let door = state.store.accounts();
        let made = door.transaction(TenantId::mint(now), async |tx| make(tx, slug).await).await;
        match made {
            Err(error) if error.code() == Some(Code::SlugTaken) && asked.is_none() => {}
            made => return Ok(made?),
        }
    }
    Err(Code::SlugTaken.into())
}
