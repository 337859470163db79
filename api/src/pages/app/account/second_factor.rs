//! Two-factor sign-in: turned on with an app, its recovery codes, turned off.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use domain::rejection::Code;
use domain::second_factor::RecoveryCode;
use serde::{Deserialize, Serialize};
use store::second_factors;

use super::super::done;
use super::super::told::Told;
use crate::account;
use crate::extract::{Account, PageMember};
use crate::pages::form::{Flaw, Form, PasswordForm, refuses_a_person};
use crate::pages::frame::Frame;
use crate::pages::{Reader, render, see};
use crate::problem::Result;

const FIELDS: &[(&str, &str)] = &[("/current_password", "current_password"), ("/code", "code")];
const SECURITY: &str = "/app/account/security";

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    code: String,
}

/// What the page asks for.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// The password: before anything is made.
    Begin,
    /// The first code of the app.
    Confirm,
    /// A code, to have other recovery codes.
    Renew,
    /// A code, to turn it off.
    Remove,
}

#[derive(Serialize)]
struct Page {
    current: &'static str,
    tab: &'static str,
    step: Step,
    letters: String,
    url: String,
    qr_svg: String,
    errors: Vec<Flaw>,
}

#[derive(Serialize)]
struct RecoveryCodes {
    current: &'static str,
    tab: &'static str,
    codes: Vec<String>,
}

/// Where somebody is: the password, the app's first code, or it is on.
pub async fn show(reader: Reader, member: PageMember<Account>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, _) = member.frame(&reader).await?;
            let (identity, id) = (member.state.store.identity(), member.user_id);
            let app = identity.statement(async |tx| second_factors::find_totp(tx, id).await).await?;
            if app.is_some() {
                return Ok(see(SECURITY));
            }
            first_step(&member, &frame, Told::nothing()).await
        })
        .await
}

pub async fn begin(
    reader: Reader,
    member: PageMember<Account>,
    form: Result<Form<PasswordForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            match account::offer_totp(&member.own(), form.current_password).await {
                Ok(_) => Ok(see("/app/account/two-factor")),
                Err(problem) if problem.code() == Code::SecondFactorOn => Ok(see(SECURITY)),
                Err(problem) if refuses_a_person(&problem) => {
                    let (frame, _) = member.frame(&reader).await?;
                    let told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    page(&member, &frame, Step::Begin, told)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// Shows the recovery codes: nobody is shown them again.
pub async fn confirm(
    reader: Reader,
    member: PageMember<Account>,
    form: Result<Form<CodeForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let (frame, _) = member.frame(&reader).await?;
            match account::confirm_totp(&member.own(), &form.code).await {
                // Beside passkeys: there are codes.
                Ok(made) if made.is_empty() => Ok(done(SECURITY, "app-second-factor-app-added")),
                Ok(made) => codes(&member, &frame, &made),
                Err(problem) if refuses_a_person(&problem) => {
                    let told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    first_step(&member, &frame, told).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn ask_codes(reader: Reader, member: PageMember<Account>) -> HttpResponse {
    ask(reader, member, Step::Renew).await
}

pub async fn renew_codes(
    reader: Reader,
    member: PageMember<Account>,
    form: Result<Form<CodeForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let (frame, _) = member.frame(&reader).await?;
            match account::renew_recovery_codes(&member.own(), &form.code).await {
                Ok(made) => codes(&member, &frame, &made),
                Err(problem) if refuses_a_person(&problem) => {
                    let told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    page(&member, &frame, Step::Renew, told)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn ask_removal(reader: Reader, member: PageMember<Account>) -> HttpResponse {
    ask(reader, member, Step::Remove).await
}

pub async fn remove(
    reader: Reader,
    member: PageMember<Account>,
    form: Result<Form<CodeForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            match account::remove_second_factor(&member.own(), &form.code).await {
                Ok(true) => Ok(done(SECURITY, "app-second-factor-removed")),
                Ok(false) => Ok(done(SECURITY, "app-second-factor-app-removed")),
                Err(problem) if refuses_a_person(&problem) => {
                    let (frame, _) = member.frame(&reader).await?;
                    let told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    page(&member, &frame, Step::Remove, told)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

async fn ask(reader: Reader, member: PageMember<Account>, step: Step) -> HttpResponse {
    reader
        .answer(async {
            let (frame, _) = member.frame(&reader).await?;
            page(&member, &frame, step, Told::nothing())
        })
        .await
}

/// The first code, if a secret waits for it; else the password.
async fn first_step(member: &PageMember<Account>, frame: &Frame, told: Told) -> Result<HttpResponse> {
    let Some(offer) = account::waiting_totp(&member.own()).await? else {
        return page(member, frame, Step::Begin, told);
    };
    let content = Page {
        letters: offer.letters,
        url: offer.url,
        qr_svg: offer.qr_svg,
        ..empty(Step::Confirm, told.errors)
    };
    render(&member.state, frame, told.status, "app/account_two_factor", &content)
}

fn page(member: &PageMember<Account>, frame: &Frame, step: Step, told: Told) -> Result<HttpResponse> {
    let content = empty(step, told.errors);
    render(&member.state, frame, told.status, "app/account_two_factor", &content)
}

const fn empty(step: Step, errors: Vec<Flaw>) -> Page {
    Page {
        current: "account",
        tab: "security",
        step,
        letters: String::new(),
        url: String::new(),
        qr_svg: String::new(),
        errors,
    }
}

/// The page of recovery codes.
pub(super) fn codes(
    member: &PageMember<Account>,
    frame: &Frame,
    made: &[RecoveryCode],
) -> Result<HttpResponse> {
    let codes = made.iter().map(ToString::to_string).collect();
    let content = RecoveryCodes { current: "account", tab: "security", codes };
    render(&member.state, frame, StatusCode::OK, "app/account_recovery_codes", &content)
}
