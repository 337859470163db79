//! The second factor: turning it on and off, and passing it when signing in.

use chrono::{DateTime, Utc};
use domain::id::TenantId;
use domain::rejection::{Code, Rejection};
use domain::second_factor::{RECOVERY_CODES, RECOVERY_LEN, RecoveryCode, SECRET_LEN, SharedSecret, place};
use secrecy::ExposeSecret;
use store::accounts::Origin;
use store::second_factors::{self, TotpSecret};
use store::users::User;

use super::Own;
use super::sign_in::forget_failures;
use crate::extract::Anybody;
use crate::limit::SECOND_FACTOR;
use crate::pages::public::qr;
use crate::problem::{Result, failed};
use crate::random;
use crate::state::State;

/// What an app is given.
pub struct TotpOffer {
    /// To be typed.
    pub letters: String,
    pub url: String,
    /// The URL as a QR code.
    pub qr_svg: String,
}

/// Makes a secret that waits for the first code of somebody's app. Asked for by the password: a session that was left open
/// is not enough to lock its user out.
pub async fn offer_totp(own: &Own<'_>, current: String) -> Result<TotpOffer> {
    let user = own.prove(current).await?;
    let secret = random::bytes::<SECRET_LEN>();
    let sealed = own.state.vault.seal(&place(user.id), &secret).map_err(|error| failed(&error))?;
    let identity = own.state.store.identity();
    identity.transaction(async |tx| second_factors::begin_totp(tx, user.id, &sealed, own.now).await).await?;
    offer(&shared(&secret, &user)?)
}

/// The offer that waits; `None`: there is none, or no longer.
pub async fn waiting_totp(own: &Own<'_>) -> Result<Option<TotpOffer>> {
    match waiting(own).await? {
        Some(shared) => Ok(Some(offer(&shared)?)),
        None => Ok(None),
    }
}

async fn waiting(own: &Own<'_>) -> Result<Option<SharedSecret>> {
    let identity = own.state.store.identity();
    let found: Option<(User, TotpSecret)> = identity
        .transaction(async |tx| {
            let user = store::users::find(tx, own.user_id).await?;
            let secret = second_factors::find_unconfirmed_totp(tx, own.user_id, own.now).await?;
            Ok::<_, store::Error>(secret.map(|secret| (user, secret)))
        })
        .await?;
    found.map(|(user, secret)| opened(own.state, &user, &secret)).transpose()
}

fn offer(shared: &SharedSecret) -> Result<TotpOffer> {
    let url = shared.url().ok_or(Code::Internal)?;
    let qr_svg = qr::svg(&url).ok_or(Code::Internal)?;
    Ok(TotpOffer { letters: shared.letters(), url, qr_svg })
}

fn opened(state: &State, user: &User, secret: &TotpSecret) -> Result<SharedSecret> {
    let bytes = state.vault.open(&place(user.id), &secret.sealed).map_err(|error| failed(&error))?;
    shared(bytes.expose_secret(), user)
}

fn shared(secret: &[u8], user: &User) -> Result<SharedSecret> {
    Ok(SharedSecret::new(secret, &user.email).ok_or(Code::Internal)?)
}

/// Has codes of the app accepted, by the first of them. Answers the recovery codes, if it is the first second factor: nobody
/// is told them again.
pub async fn confirm_totp(own: &Own<'_>, code: &str) -> Result<Vec<RecoveryCode>> {
    count_try(own.state, &own.user_id.to_string()).await?;
    let shared = waiting(own).await?.ok_or(Code::LinkInvalid)?;
    let step = shared.step(code, own.now).ok_or_else(wrong_code)?;
    let (codes, hashes) = new_codes();
    let door = own.state.store.accounts();
    let is_first = door
        .transaction(own.tenant_id, async |tx| {
            second_factors::confirm_totp(tx, own.user_id, step, &hashes, &own.origin, own.now).await
        })
        .await?;
    own.state.limits.forget(SECOND_FACTOR, &own.user_id.to_string()).await;
    Ok(if is_first { codes } else { Vec::new() })
}

/// Makes other recovery codes: those before open nothing any more.
pub async fn renew_recovery_codes(own: &Own<'_>, code: &str) -> Result<Vec<RecoveryCode>> {
    prove(own, code).await?;
    let (codes, hashes) = new_codes();
    let door = own.state.store.accounts();
    door.transaction(own.tenant_id, async |tx| {
        second_factors::renew_recovery_codes(tx, own.user_id, &hashes, &own.origin, own.now).await
    })
    .await?;
    Ok(codes)
}

/// Has codes of the app open nothing any more. Answers whether the password is all that is asked from now on: there are no
/// passkeys.
pub async fn remove_second_factor(own: &Own<'_>, code: &str) -> Result<bool> {
    let identity = own.state.store.identity();
    let app = identity.statement(async |tx| second_factors::find_totp(tx, own.user_id).await).await?;
    // Before a recovery code is spent for nothing.
    app.ok_or(Code::SecondFactorOff)?;
    prove(own, code).await?;
    let door = own.state.store.accounts();
    let is_last = door.transaction(own.tenant_id, async |tx| {
        second_factors::remove(tx, own.user_id, &own.origin, own.now).await
    });
    Ok(is_last.await?)
}

/// By a code of whoever is signed in.
async fn prove(own: &Own<'_>, code: &str) -> Result<()> {
    let identity = own.state.store.identity();
    let user = identity.statement(async |tx| store::users::find(tx, own.user_id).await).await?;
    if !user.has_second_factor {
        return Err(Code::SecondFactorOff.into());
    }
    let guesser = user.id.to_string();
    if accepts(own.state, &user, own.tenant_id, code, &own.origin, own.now, &guesser).await? {
        Ok(())
    } else {
        Err(wrong_code().into())
    }
}

fn wrong_code() -> Rejection {
    Rejection::invalid("/code", "WRONG", "is wrong, or was used already")
}

pub(super) fn new_codes() -> (Vec<RecoveryCode>, Vec<[u8; 32]>) {
    let codes: Vec<RecoveryCode> =
        (0..RECOVERY_CODES).map(|_| RecoveryCode::new(random::bytes::<RECOVERY_LEN>())).collect();
    let hashes = codes.iter().map(RecoveryCode::hash).collect();
    (codes, hashes)
}

/// Whoever has given the right password passes by a code, if they have a second factor. `TOTP_REQUIRED`: there is no code
/// yet; `TOTP_INVALID`: it is another. `is_brought`: by their tenant's own provider, without a password. Guesses that such
/// a one lets in are counted apart, so that they lock nobody out elsewhere.
pub async fn pass_second_factor(
    anybody: &Anybody,
    user: &User,
    tenant_id: Option<TenantId>,
    is_brought: bool,
    code: Option<&str>,
) -> Result<()> {
    if !user.has_second_factor {
        return Ok(());
    }
    let code = code.map(str::trim).filter(|code| !code.is_empty()).ok_or(Code::TotpRequired)?;
    let guesser = guesser(user, tenant_id, is_brought);
    let tenant_id = tenant_id.unwrap_or(TenantId::PLATFORM);
    if !accepts(&anybody.state, user, tenant_id, code, &anybody.origin(), anybody.now, &guesser).await? {
        return Err(Code::TotpInvalid.into());
    }
    if !is_brought {
        forget_failures(&anybody.state, &user.email_key, &anybody.ip).await;
    }
    Ok(())
}

/// Under which name tries are counted.
pub(super) fn guesser(user: &User, tenant_id: Option<TenantId>, is_brought: bool) -> String {
    let tenant_id = tenant_id.unwrap_or(TenantId::PLATFORM);
    if is_brought { format!("{} {tenant_id}", user.id) } else { user.id.to_string() }
}

/// Whether it is a code of the user's app, or one of their recovery codes, that was not used yet.
async fn accepts(
    state: &State,
    user: &User,
    tenant_id: TenantId,
    code: &str,
    from: &Origin,
    now: DateTime<Utc>,
    guesser: &str,
) -> Result<bool> {
    count_try(state, guesser).await?;
    let is_good = if let Some(recovery) = RecoveryCode::parse(code) {
        let (door, hash) = (state.store.accounts(), recovery.hash());
        door.transaction(tenant_id, async |tx| {
            second_factors::use_recovery_code(tx, user.id, &hash, from, now).await
        })
        .await?
    } else {
        let identity = state.store.identity();
        let secret = identity.statement(async |tx| second_factors::find_totp(tx, user.id).await).await?;
        let shared = secret.map(|secret| opened(state, user, &secret)).transpose()?;
        match shared.and_then(|shared| shared.step(code, now)) {
            Some(step) => {
                identity.statement(async |tx| second_factors::use_step(tx, user.id, step).await).await?
            }
            None => false,
        }
    };
    if is_good {
        state.limits.forget(SECOND_FACTOR, guesser).await;
    }
    Ok(is_good)
}

/// Guesses at six digits, whoever knows the password: so few that they find none.
pub(super) async fn count_try(state: &State, guesser: &str) -> Result<()> {
    state.take(SECOND_FACTOR, guesser).await
}
