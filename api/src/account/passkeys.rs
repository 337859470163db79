//! Passkeys (W3C Web Authentication, level 3): adding one, signing in by it, and passing the second step by it. The user is
//! verified each time, by what the authenticator asks of them, so that a passkey is two factors by itself.

use std::net::IpAddr;
use std::time::Duration;

use domain::access::Role;
use domain::account::AccountEvent;
use domain::id::{PasskeyId, TenantId, UserId};
use domain::passkey::{CREDENTIAL_ID, MOST, MOST_OF_NAME, PATIENCE};
use domain::rejection::{Code, Rejection};
use domain::second_factor::RecoveryCode;
use domain::text;
use serde_json::{Map, Value, json};
use store::accounts;
use store::passkeys::{self, Passkey};
use store::tenants::Tenant;
use store::users::{self, User};
use url::{Host, Url};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey as Credential, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};

use super::Own;
use super::second_factor::{count_try, guesser, new_codes};
use super::sign_in::{forget_failures, membership};
use crate::extract::Anybody;
use crate::limit::{AUTH, SECOND_FACTOR, WRITE};
use crate::problem::{Result, failed};
use crate::state::State;
use crate::tokens;

/// What an authenticator is asked to sign.
pub struct Challenge {
    /// What the answer comes with, once, within five minutes.
    pub token: String,
    /// `PublicKeyCredentialCreationOptionsJSON`, or `PublicKeyCredentialRequestOptionsJSON`.
    pub public_key: Value,
}

/// What it brings back.
pub struct Answered {
    pub token: String,
    /// `RegistrationResponseJSON`, or `AuthenticationResponseJSON`.
    pub credential: Map<String, Value>,
}

impl Answered {
    /// As a form carries it. What is no JSON of an object answers nothing.
    pub fn of_form(token: String, credential: &str) -> Self {
        Self { token, credential: serde_json::from_str(credential).unwrap_or_default() }
    }
}

/// Whose passkeys they are, as authenticators know it: the host of this deployment's address. None: it has no passkeys.
pub fn passkey_host(state: &State) -> Option<String> {
    party(state.links.public_url()).map(|(host, _origin)| host)
}

fn relying_party(state: &State) -> Result<Webauthn> {
    let (host, origin) = party(state.links.public_url()).ok_or(Code::PasskeysNotOffered)?;
    let patience = Duration::from_secs(PATIENCE.num_seconds().unsigned_abs());
    let built = WebauthnBuilder::new(&host, &origin)
        .and_then(|builder| builder.rp_name("Harmony").timeout(patience).build());
    built.map_err(|error| failed(&error))
}

/// The host that has the passkeys of an address, and where they are used. A number has none (Web Authentication, 5.1.2), but
/// the machine's own goes by the name of `localhost`, too.
fn party(public_url: &str) -> Option<(String, Url)> {
    let url = Url::parse(public_url).ok()?;
    let mut origin = Url::parse(&url.origin().ascii_serialization()).ok()?;
    let number = match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
    };
    if let Some(number) = number {
        if !number.is_loopback() {
            return None;
        }
        origin.set_host(Some("localhost")).ok()?;
    }
    Some((origin.domain()?.to_owned(), origin))
}

/// What an authenticator is asked for that is to become a passkey of whoever gives their password: a session that was left
/// open is not enough for what outlives it.
pub async fn ask_for_passkey(own: &Own<'_>, current: String) -> Result<Challenge> {
    let party = relying_party(own.state)?;
    let user = own.prove(current).await?;
    let identity = own.state.store.identity();
    let known = identity.statement(async |tx| passkeys::list(tx, user.id).await).await?;
    if known.len() >= MOST {
        return Err(Code::TooManyOfThese.into());
    }
    let known = known.into_iter().map(|passkey| passkey.credential_id).collect();
    let (asked, waiting) = party
        .start_passkey_registration(user.id.0, &user.email, &user.full_name, Some(known))
        .map_err(|error| failed(&error))?;
    let mut public_key = serde_json::to_value(&asked.public_key).map_err(|error| failed(&error))?;
    // Discoverable: so that it signs in without an address typed.
    if let Some(Value::Object(selection)) = public_key.get_mut("authenticatorSelection") {
        selection.insert("residentKey".to_owned(), json!("required"));
        selection.insert("requireResidentKey".to_owned(), json!(true));
    }
    let waiting = serde_json::to_value(&waiting).map_err(|error| failed(&error))?;
    let token = tokens::random_token();
    let hash = tokens::hash(&token);
    identity.transaction(async |tx| passkeys::ask(tx, &hash, Some(user.id), &waiting, own.now).await).await?;
    Ok(Challenge { token, public_key })
}

/// Keeps a passkey. Answers it, and the recovery codes, if it is the first second factor: nobody is told them again.
pub async fn add_passkey(
    own: &Own<'_>,
    name: &str,
    answered: Answered,
) -> Result<(Passkey, Vec<RecoveryCode>)> {
    let (party, name) = (relying_party(own.state)?, passkey_name(name)?);
    let Answered { token, credential } = answered;
    let answer: RegisterPublicKeyCredential =
        serde_json::from_value(Value::Object(credential)).map_err(|_malformed| wrong())?;
    let (identity, hash) = (own.state.store.identity(), tokens::hash(&token));
    let taken =
        identity.transaction(async |tx| passkeys::take(tx, &hash, Some(own.user_id), own.now).await).await?;
    let waiting: PasskeyRegistration =
        serde_json::from_value(taken.ok_or_else(wrong)?).map_err(|error| failed(&error))?;
    let made = party.finish_passkey_registration(&answer, &waiting).map_err(|error| {
        tracing::warn!(%error, "an authenticator's new credential is not taken");
        wrong()
    })?;
    let credential_id = made.cred_id().clone();
    if !CREDENTIAL_ID.contains(&credential_id.len()) {
        return Err(wrong().into());
    }
    let passkey = Passkey {
        user_id: own.user_id,
        id: PasskeyId::mint(own.now),
        name,
        credential_id,
        credential: serde_json::to_value(&made).map_err(|error| failed(&error))?,
        alone: true,
        created_at: own.now,
        last_used_at: None,
    };
    let ((codes, hashes), door) = (new_codes(), own.state.store.accounts());
    let is_first = door
        .transaction(own.tenant_id, async |tx| {
            passkeys::add(tx, &passkey, &hashes, &own.origin, own.now).await
        })
        .await?;
    Ok((passkey, if is_first { codes } else { Vec::new() }))
}

/// The name that its user gives a passkey, in one line.
pub fn passkey_name(name: &str) -> Result<String, Rejection> {
    text::line(name, MOST_OF_NAME).map_err(|why| Rejection::invalid("/name", "INVALID", why.to_string()))
}

fn wrong() -> Rejection {
    Rejection::invalid("/credential", "WRONG", "is no answer to this challenge, or not within five minutes")
}

/// Calls a passkey otherwise.
pub async fn rename_passkey(own: &Own<'_>, id: PasskeyId, name: &str) -> Result<()> {
    let (identity, name) = (own.state.store.identity(), passkey_name(name)?);
    identity.statement(async |tx| passkeys::rename(tx, own.user_id, id, &name).await).await?;
    Ok(())
}

/// Takes a passkey away. The password is asked, as for adding one.
pub async fn remove_passkey(own: &Own<'_>, id: PasskeyId, current: String) -> Result<()> {
    let (identity, user_id) = (own.state.store.identity(), own.user_id);
    // Who names one that is not there is not asked for a password.
    identity.statement(async |tx| passkeys::find(tx, user_id, id).await).await?;
    own.prove(current).await?;
    let door = own.state.store.accounts();
    door.transaction(own.tenant_id, async |tx| passkeys::remove(tx, user_id, id, &own.origin, own.now).await)
        .await?;
    Ok(())
}

/// What an authenticator is asked to sign somebody in: any passkey of theirs, or, of a `user` who is known by now, one of
/// that user's.
pub async fn ask_for_sign_in(anybody: &Anybody, user: Option<UserId>) -> Result<Challenge> {
    let (state, now) = (&anybody.state, anybody.now);
    let party = relying_party(state)?;
    state.take(WRITE, &anybody.ip).await?;
    let (asked, waiting) = party.start_discoverable_authentication().map_err(|error| failed(&error))?;
    let mut public_key = serde_json::to_value(&asked.public_key).map_err(|error| failed(&error))?;
    let waiting = serde_json::to_value(&waiting).map_err(|error| failed(&error))?;
    let (token, identity) = (tokens::random_token(), state.store.identity());
    let hash = tokens::hash(&token);
    let own = identity
        .transaction(async |tx| {
            passkeys::ask(tx, &hash, None, &waiting, now).await?;
            match user {
                Some(user) => passkeys::list(tx, user).await,
                None => Ok(Vec::new()),
            }
        })
        .await?;
    if let Value::Object(options) = &mut public_key {
        options.insert("allowCredentials".to_owned(), own.iter().map(described).collect());
    }
    Ok(Challenge { token, public_key })
}

/// `PublicKeyCredentialDescriptorJSON`.
fn described(passkey: &Passkey) -> Value {
    json!({"type": "public-key", "id": tokens::base64url(&passkey.credential_id)})
}

/// Who signs in by a passkey, and to which tenant they go: that of the slug, without one that of the oldest membership. It
/// is all that is asked of them. Whatever is wrong is `PASSKEY_INVALID`: unknown, forged, late, or used before.
pub async fn sign_in_by_passkey(
    anybody: &Anybody,
    answered: Answered,
    slug: Option<&str>,
) -> Result<(User, Option<(Tenant, Role)>)> {
    let state = &anybody.state;
    state.take(AUTH, &anybody.ip).await?;
    let passkey = check(anybody, answered, None).await?;
    let identity = state.store.identity();
    let user = identity.statement(async |tx| users::find(tx, passkey.user_id).await).await?;
    let membership = membership(anybody, &user, slug, Code::PasskeyInvalid).await?;
    forget_failures(state, &user.email_key, &anybody.ip).await;
    Ok((user, membership))
}

/// Whoever has given the right password passes by a passkey of theirs in the place of a code: see
/// [`super::pass_second_factor`].
pub async fn pass_by_passkey(
    anybody: &Anybody,
    user: &User,
    tenant_id: Option<TenantId>,
    is_brought: bool,
    answered: Answered,
) -> Result<()> {
    if !user.has_second_factor {
        return Ok(());
    }
    let (state, guesser) = (&anybody.state, guesser(user, tenant_id, is_brought));
    count_try(state, &guesser).await?;
    check(anybody, answered, Some(user.id)).await?;
    state.limits.forget(SECOND_FACTOR, &guesser).await;
    if !is_brought {
        forget_failures(state, &user.email_key, &anybody.ip).await;
    }
    Ok(())
}

/// The passkey that has signed what was asked, once; notes that it was used. `known`: whose it has to be, for whoever has
/// given a password before.
async fn check(anybody: &Anybody, answered: Answered, known: Option<UserId>) -> Result<Passkey> {
    let (state, now) = (&anybody.state, anybody.now);
    let party = relying_party(state)?;
    let Answered { token, credential } = answered;
    let Ok(answer) = serde_json::from_value::<PublicKeyCredential>(Value::Object(credential)) else {
        return Err(Code::PasskeyInvalid.into());
    };
    let (identity, hash) = (state.store.identity(), tokens::hash(&token));
    let (taken, found) = identity
        .transaction(async |tx| {
            let taken = passkeys::take(tx, &hash, None, now).await?;
            let found = passkeys::find_by_credential(tx, answer.get_credential_id()).await?;
            Ok::<_, store::Error>((taken, found))
        })
        .await?;
    let (Some(waiting), Some(passkey)) = (taken, found) else { return Err(Code::PasskeyInvalid.into()) };
    // Whom the authenticator names has to be whose it is (Web Authentication, 7.2, step 6); who is known need not be named.
    let is_owners = answer
        .get_user_unique_id()
        .map_or(known.is_some(), |handle| handle == passkey.user_id.0.as_bytes().as_slice());
    let may = known.map_or(passkey.alone, |user| user == passkey.user_id);
    if !is_owners || !may {
        return Err(Code::PasskeyInvalid.into());
    }
    let waiting: DiscoverableAuthentication =
        serde_json::from_value(waiting).map_err(|error| failed(&error))?;
    let mut credential: Credential =
        serde_json::from_value(passkey.credential.clone()).map_err(|error| failed(&error))?;
    let outcome = match party.finish_discoverable_authentication_v2(&answer, waiting, &credential) {
        Ok(outcome) => outcome,
        Err(WebauthnError::CredentialPossibleCompromise) => {
            tell_of_copy(anybody, passkey.user_id).await?;
            return Err(Code::PasskeyInvalid.into());
        }
        Err(error) => {
            tracing::warn!(%error, "a passkey is not accepted");
            return Err(Code::PasskeyInvalid.into());
        }
    };
    credential.update_credential(&outcome);
    let after = serde_json::to_value(&credential).map_err(|error| failed(&error))?;
    if !identity.statement(async |tx| passkeys::note_use(tx, &passkey, &after, now).await).await? {
        return Err(Code::PasskeyInvalid.into());
    }
    Ok(passkey)
}

/// Of two copies of one key each counts for itself, so one of them goes back (Web Authentication, 6.1.1). Its user is told.
async fn tell_of_copy(anybody: &Anybody, user_id: UserId) -> Result<()> {
    let state = &anybody.state;
    tracing::warn!(%user_id, "the counter of a passkey went back");
    let identity = state.store.identity();
    let memberships = identity.statement(async |tx| users::memberships(tx, user_id).await).await?;
    let tenant_id = memberships.first().map_or(TenantId::PLATFORM, |(id, _role)| *id);
    let (door, origin) = (state.store.accounts(), anybody.origin());
    door.transaction(tenant_id, async |tx| {
        accounts::note_and_tell(tx, user_id, AccountEvent::PasskeyRefused, &origin, anybody.now).await
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_name_has_passkeys() {
        let found = |url: &str| party(url).map(|(host, origin)| (host, origin.to_string()));
        let is = |host: &str, origin: &str| Some((host.to_owned(), origin.to_owned()));
        assert_eq!(found("https://book.example.com"), is("book.example.com", "https://book.example.com/"));
        let with_path = found("https://book.example.com:8443/x");
        assert_eq!(with_path, is("book.example.com", "https://book.example.com:8443/"));
        for own in ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:8080"] {
            assert_eq!(found(own), is("localhost", "http://localhost:8080/"), "{own}");
        }
        for number in ["http://192.0.2.1", "https://[2001:db8::1]", "nothing"] {
            assert_eq!(found(number), None, "{number}");
        }
    }
}
