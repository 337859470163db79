//! The password, the devices that are signed in, and what happened to the account.

use actix_web::HttpResponse;
use domain::id::SessionId;
use domain::identity::Provider;
use serde::{Deserialize, Serialize};
use store::{accounts, identities, passkeys, second_factors, sessions};

use super::super::done;
use super::super::told::Told;
use super::identities::{IdentityRow, rows};
use crate::account;
use crate::extract::{Account, PageMember, Path};
use crate::me::sessions::{AccountEventView, SessionView};
use crate::pages::account::login::signed_out;
use crate::pages::form::{Flaw, Form, refuses_a_person};
use crate::pages::frame::Frame;
use crate::pages::{Reader, render};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[("/current_password", "current_password"), ("/password", "password")];
/// Most of what happened that the page tells.
const EVENTS: i64 = 10;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    current_password: String,
    password: String,
}

#[derive(Serialize)]
struct Security {
    current: &'static str,
    tab: &'static str,
    /// For programs that keep passwords.
    email: String,
    has_second_factor: bool,
    is_operator: bool,
    /// Whether an app makes codes.
    has_app: bool,
    /// How many there are.
    passkeys: usize,
    /// Recovery codes.
    codes_left: i64,
    identities: Vec<IdentityRow>,
    /// Whose word one may link.
    providers: Vec<&'static str>,
    sessions: Vec<SessionView>,
    events: Vec<AccountEventView>,
    /// In which times are told: users have none of their own.
    timezone: String,
    errors: Vec<Flaw>,
}

pub async fn show(reader: Reader, member: PageMember<Account>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            page(&member, &frame, tenant.timezone.name(), Told::nothing()).await
        })
        .await
}

pub async fn change_password(
    reader: Reader,
    member: PageMember<Account>,
    form: Result<Form<PasswordForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            match account::change_password(&member.own(), form.current_password, form.password).await {
                Ok(()) => Ok(done("/app/account/security", "app-security-password-changed")),
                Err(problem) if refuses_a_person(&problem) => {
                    let (frame, tenant) = member.frame(&reader).await?;
                    let told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    page(&member, &frame, tenant.timezone.name(), told).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// Ends one session; one's own signs out.
pub async fn end(reader: Reader, member: PageMember<Account>, id: Result<Path<SessionId>>) -> HttpResponse {
    reader
        .answer(async {
            let (id, identity) = (*id?, member.state.store.identity());
            let (user_id, now) = (member.user_id, member.now);
            identity.statement(async |tx| sessions::revoke_of(tx, user_id, id, now).await).await?;
            if id == member.session.id {
                return Ok(signed_out("/login", "account-signed-out"));
            }
            Ok(done("/app/account/security", "app-security-ended"))
        })
        .await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EndForm {
    /// Not empty: this session, too.
    here: String,
}

pub async fn end_others(
    reader: Reader,
    member: PageMember<Account>,
    form: Result<Form<EndForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            account::sign_out_elsewhere(&member.own()).await?;
            if !form.here.is_empty() {
                let (identity, id, now) = (member.state.store.identity(), member.session.id, member.now);
                identity.statement(async |tx| sessions::revoke(tx, id, now).await).await?;
                return Ok(signed_out("/login", "account-signed-out-everywhere"));
            }
            Ok(done("/app/account/security", "app-security-ended-others"))
        })
        .await
}

async fn page(
    member: &PageMember<Account>,
    frame: &Frame,
    timezone: &str,
    told: Told,
) -> Result<HttpResponse> {
    let (identity, id, now) = (member.state.store.identity(), member.user_id, member.now);
    let (user, has_app, passkeys, codes_left, known, sessions, events) = identity
        .transaction(async |tx| {
            let user = store::users::find(tx, id).await?;
            let has_app = second_factors::find_totp(tx, id).await?.is_some();
            let passkeys = passkeys::list(tx, id).await?.len();
            let codes_left = second_factors::count_recovery_codes(tx, id).await?;
            let known = identities::list(tx, id).await?;
            let sessions = sessions::list(tx, id, now).await?;
            let events = accounts::events(tx, id, EVENTS).await?;
            Ok::<_, Problem>((user, has_app, passkeys, codes_left, known, sessions, events))
        })
        .await?;
    let current = member.session.id;
    let content = Security {
        current: "account",
        tab: "security",
        email: user.email,
        has_second_factor: user.has_second_factor,
        is_operator: user.is_operator,
        has_app,
        passkeys,
        codes_left,
        identities: rows(member, known).await?,
        providers: member.state.oidc.providers().map(Provider::name).collect(),
        sessions: sessions.iter().map(|session| SessionView::of(session, current)).collect(),
        events: events.into_iter().map(AccountEventView::from).collect(),
        timezone: timezone.to_owned(),
        errors: told.errors,
    };
    render(&member.state, frame, told.status, "app/account_security", &content)
}
