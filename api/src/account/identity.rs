//! Signing in by the word of others. A provider says who somebody is; who they are here, they have said themselves, once,
//! with their password: an address alone, proven or not, leads nobody in. What a tenant's own provider says counts in that
//! tenant alone.

use domain::contact::Email;
use domain::id::{IdentityId, TenantId};
use domain::identity::{ConnectionDraft, is_of};
use domain::plan::Feature;
use domain::rejection::{Code, Rejection};
use providers::oidc::{Asked, Client, OidcError, Verified};
use secrecy::{ExposeSecret, SecretString};
use store::audit::By;
use store::identities::{self, Attempt, Offer, Source};
use store::sessions::TokenHash;
use store::users::{self, User};
use url::Url;

use super::Own;
use crate::extract::Anybody;
use crate::limit::AUTH;
use crate::problem::{Result, failed};
use crate::state::State;
use crate::tokens;

/// Why nobody was signed in, for a person to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declined {
    /// The person did not want to.
    Cancelled,
    /// It took too long, came twice, or was begun in another browser.
    Late,
    /// The provider is away.
    Away,
    /// The provider said nothing that we believe.
    Failed,
    /// It does not vouch for an address, or for one that it may not.
    Unproven,
    /// The account is in no business, or not in this one.
    NoMember,
    /// The business has no provider of its own.
    NotSetUp,
}

impl Declined {
    /// The key of the sentence.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Cancelled => "account-identity-cancelled",
            Self::Late => "account-identity-late",
            Self::Away => "account-identity-away",
            Self::Failed => "account-identity-failed",
            Self::Unproven => "account-identity-unproven",
            Self::NoMember => "account-identity-no-member",
            Self::NotSetUp => "account-identity-not-set-up",
        }
    }

    fn of(error: &OidcError, source: Source) -> Self {
        tracing::warn!(%error, ?source, "nobody was signed in by a provider");
        match error {
            OidcError::Unreachable(_) => Self::Away,
            OidcError::Misconfigured(_) | OidcError::Refused(_) | OidcError::Untrue(_) => Self::Failed,
        }
    }
}

/// Where a browser goes to sign in.
#[derive(Debug)]
pub enum Begun {
    Sent {
        address: Url,
        /// The value of the browser's cookie.
        browser: String,
    },
    Declined(Declined),
}

/// What a browser brings back.
pub struct Returned {
    pub state: String,
    pub code: String,
    /// Why there is no code.
    pub error: String,
    /// Who sends it, where that is told (RFC 9207).
    pub issuer: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub enum Finished {
    /// Somebody who is known by what came back. A second factor, if they have one, is yet to be passed.
    Known {
        user: Box<User>,
        tenant_id: Option<TenantId>,
        /// Where to go then.
        next: String,
    },
    /// It is linked to nobody yet, and waits in this browser for a user who says that it is theirs.
    Offered,
    Declined(Declined),
}

/// Who we are at a provider, and of which addresses it may speak: none, of all.
struct Counterpart {
    client: Client,
    domains: Vec<String>,
}

/// Where the secret of a tenant's provider is sealed for.
fn place(id: TenantId) -> String {
    format!("sso {id}")
}

async fn counterpart(state: &State, source: Source) -> Result<Option<Counterpart>> {
    let id = match source {
        Source::Platform(provider) => {
            let client = state.oidc.client(provider).cloned();
            return Ok(client.map(|client| Counterpart { client, domains: Vec::new() }));
        }
        Source::Tenant(id) => id,
    };
    let tenant = state.store.tenant(id);
    let Some(found) = tenant.read(async |tx| store::sso::find_in_plan(tx).await).await? else {
        return Ok(None);
    };
    let secret = unsealed(state, id, &found.sealed_secret)?;
    let client = Client::new(&found.issuer, found.client_id, secret);
    Ok(Some(Counterpart { client, domains: found.domains }))
}

fn unsealed(state: &State, id: TenantId, sealed: &[u8]) -> Result<SecretString> {
    let bytes = state.vault.open(&place(id), sealed).map_err(|error| failed(&error))?;
    let text = str::from_utf8(bytes.expose_secret()).map_err(|error| failed(&error))?;
    Ok(text.into())
}

/// Where a provider sends browsers back to. Each has an address of its own: a code that came to one is never shown to another
/// (RFC 9700, 4.4).
pub fn redirect_uri(state: &State, source: Source) -> String {
    let base = state.links.public_url();
    match source {
        Source::Platform(provider) => format!("{base}/login/oidc/{}/callback", provider.name()),
        Source::Tenant(id) => format!("{base}/login/sso/{id}/callback"),
    }
}

/// Sends a browser to a provider. `browser` is the value of its cookie, where it was sent before.
pub async fn begin(anybody: &Anybody, source: Source, browser: Option<&str>, next: &str) -> Result<Begun> {
    let (state, now) = (&anybody.state, anybody.now);
    state.take(AUTH, &anybody.ip).await?;
    let Some(Counterpart { client, .. }) = counterpart(state, source).await? else {
        return Ok(Begun::Declined(Declined::NotSetUp));
    };
    let attempt = Attempt {
        source,
        nonce: tokens::random_token(),
        verifier: tokens::random_token(),
        next: next.to_owned(),
    };
    let (sent, redirect_uri) = (tokens::random_token(), redirect_uri(state, source));
    let address = match state.oidc.address(&client, asked(&attempt, &redirect_uri), &sent).await {
        Ok(address) => address,
        Err(error) => return Ok(Begun::Declined(Declined::of(&error, source))),
    };
    let browser = browser.map_or_else(tokens::random_token, str::to_owned);
    let (state_hash, browser_hash) = (tokens::hash(&sent), tokens::hash(&browser));
    let identity = state.store.identity();
    identity
        .transaction(async |tx| identities::begin(tx, &state_hash, &browser_hash, &attempt, now).await)
        .await?;
    Ok(Begun::Sent { address, browser })
}

fn asked<'a>(attempt: &'a Attempt, redirect_uri: &'a str) -> Asked<'a> {
    Asked { redirect_uri, nonce: &attempt.nonce, verifier: &attempt.verifier }
}

/// Hears what a browser brings back from the provider that sends it to this address.
pub async fn finish(
    anybody: &Anybody,
    source: Source,
    browser: Option<&str>,
    returned: &Returned,
) -> Result<Finished> {
    let (state, now) = (&anybody.state, anybody.now);
    state.take(AUTH, &anybody.ip).await?;
    let identity = state.store.identity();
    let Some(browser) = browser.map(tokens::hash) else { return Ok(Finished::Declined(Declined::Late)) };
    let sent = tokens::hash(&returned.state);
    let taken = identity.transaction(async |tx| identities::take(tx, &sent, &browser, now).await).await?;
    let Some(attempt) = taken else { return Ok(Finished::Declined(Declined::Late)) };
    if attempt.source != source {
        tracing::warn!(asked = ?attempt.source, came = ?source, "a provider sent a browser that another was asked about");
        return Ok(Finished::Declined(Declined::Failed));
    }
    if !returned.error.is_empty() {
        let is_no = matches!(returned.error.as_str(), "access_denied" | "consent_required");
        return Ok(Finished::Declined(if is_no { Declined::Cancelled } else { Declined::Failed }));
    }
    let Some(Counterpart { client, domains }) = counterpart(state, source).await? else {
        return Ok(Finished::Declined(Declined::NotSetUp));
    };
    if !client.is_of_many && returned.issuer.as_ref().is_some_and(|issuer| *issuer != client.issuer) {
        return Ok(Finished::Declined(Declined::Failed));
    }
    let redirect_uri = redirect_uri(state, source);
    let asked = asked(&attempt, &redirect_uri);
    let Verified { issuer, subject, email } =
        match state.oidc.identity(&client, asked, &returned.code, now).await {
            Ok(verified) => verified,
            Err(error) => return Ok(Finished::Declined(Declined::of(&error, source))),
        };
    let email = email.and_then(|email| Email::parse(&email).ok()).filter(|email| is_of(&email.key, &domains));
    let Some(email) = email else { return Ok(Finished::Declined(Declined::Unproven)) };
    let offer = Offer { source, issuer, subject, email: email.address };
    recognise(anybody, &offer, &browser, attempt.next).await
}

/// Who is known by what a provider says, or else what waits to be linked.
async fn recognise(anybody: &Anybody, offer: &Offer, browser: &TokenHash, next: String) -> Result<Finished> {
    let (now, identity) = (anybody.now, anybody.state.store.identity());
    let found: Option<(User, Vec<TenantId>)> = identity
        .transaction(async |tx| {
            let Some(id) = identities::use_of(tx, offer, now).await? else {
                identities::offer(tx, browser, offer, now).await?;
                return Ok::<_, store::Error>(None);
            };
            let memberships = users::memberships(tx, id).await?;
            Ok(Some((users::find(tx, id).await?, memberships.into_iter().map(|(id, _role)| id).collect())))
        })
        .await?;
    let Some((user, tenants)) = found else { return Ok(Finished::Offered) };
    let tenant_id = match offer.source {
        Source::Platform(_) => tenants.first().copied(),
        Source::Tenant(own) => tenants.into_iter().find(|id| *id == own),
    };
    let needs_none = user.is_operator && matches!(offer.source, Source::Platform(_));
    if tenant_id.is_none() && !needs_none {
        return Ok(Finished::Declined(Declined::NoMember));
    }
    Ok(Finished::Known { user: Box::new(user), tenant_id, next })
}

/// What waits in this browser for whoever is signed in to say that it is theirs.
pub async fn offered(own: &Own<'_>, browser: Option<&str>) -> Result<Option<Offer>> {
    let Some(browser) = browser.map(tokens::hash) else { return Ok(None) };
    let identity = own.state.store.identity();
    Ok(identity.statement(async |tx| identities::find_offer(tx, &browser, own.now).await).await?)
}

/// Links what waits in this browser to the account of whoever is signed in and gives their password.
pub async fn confirm(own: &Own<'_>, browser: &str, current: String) -> Result<()> {
    own.prove(current).await?;
    let (door, browser) = (own.state.store.accounts(), tokens::hash(browser));
    door.transaction(own.tenant_id, async |tx| {
        identities::link(tx, own.user_id, &browser, &own.origin, own.now).await
    })
    .await?;
    Ok(())
}

/// Takes an identity away. The password is asked, as for linking one.
pub async fn unlink(own: &Own<'_>, id: IdentityId, current: String) -> Result<()> {
    let (identity, user_id) = (own.state.store.identity(), own.user_id);
    // Who names one that is not there is not asked for a password.
    identity.statement(async |tx| identities::find(tx, user_id, id).await).await?;
    own.prove(current).await?;
    let door = own.state.store.accounts();
    door.transaction(own.tenant_id, async |tx| {
        identities::unlink(tx, user_id, id, &own.origin, own.now).await
    })
    .await?;
    Ok(())
}

/// Sets the tenant's own provider, once it has answered. A secret that is empty stays as it was.
pub async fn set_sign_on(
    own: &Own<'_>,
    by: &By,
    draft: ConnectionDraft,
    secret: String,
    current: String,
) -> Result<()> {
    let draft = draft.checked()?;
    let tenant = own.state.store.tenant(own.tenant_id);
    tenant.read(async |tx| store::tenants::find(tx).await).await?.plan.require(Feature::SingleSignOn)?;
    own.state.take(AUTH, &own.origin.ip.clone().unwrap_or_default()).await?;
    own.prove(current).await?;
    // Nobody finds out by us what else answers there: whatever is wrong is told alike.
    let client = Client::new(&draft.issuer, draft.client_id.clone(), secret.as_str().into());
    if let Err(error) = own.state.oidc.check(&client).await {
        tracing::warn!(%error, "a tenant's provider is not taken");
        let told = "must be the address of a provider that answers";
        return Err(Rejection::invalid("/issuer", "UNREACHABLE", told).into());
    }
    let seal =
        || own.state.vault.seal(&place(own.tenant_id), secret.as_bytes()).map_err(|error| failed(&error));
    let sealed = if secret.is_empty() { None } else { Some(seal()?) };
    let door = own.state.store.accounts();
    door.transaction(own.tenant_id, async |tx| store::sso::set(tx, &draft, sealed, by, own.now).await)
        .await?;
    Ok(())
}

/// Takes the tenant's own provider away: whoever it brought is signed out.
pub async fn remove_sign_on(own: &Own<'_>, by: &By, current: String) -> Result<()> {
    let tenant = own.state.store.tenant(own.tenant_id);
    let there = tenant.read(async |tx| store::sso::find(tx).await).await?;
    there.ok_or(Code::NotFound)?;
    own.prove(current).await?;
    let door = own.state.store.accounts();
    door.transaction(own.tenant_id, async |tx| store::sso::remove(tx, by, own.now).await).await?;
    Ok(())
}
