//! Passkeys: which there are, one more, another name, one less.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use domain::id::PasskeyId;
use domain::passkey::MOST;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::passkeys;

use super::super::done;
use super::super::told::Told;
use super::second_factor::codes;
use crate::account::{self, Answered};
use crate::extract::{Account, PageMember, Path};
use crate::me::passkeys::PasskeyView;
use crate::pages::account::passkey::Ceremony;
use crate::pages::form::{Flaw, Form, PasswordForm, refuses_a_person};
use crate::pages::{Reader, render};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[("/name", "name"), ("/current_password", "current_password")];
const PASSKEYS: &str = "/app/account/passkeys";

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct AskForm {
    name: String,
    #[serde(skip_serializing)]
    current_password: String,
}

/// What a script fills in, once an authenticator has answered.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AddForm {
    name: String,
    token: String,
    /// JSON.
    credential: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NameForm {
    name: String,
}

#[derive(Serialize)]
struct List {
    current: &'static str,
    tab: &'static str,
    passkeys: Vec<PasskeyView>,
    /// Whether there is room for one more.
    has_room: bool,
    /// Whose they are, where there are any.
    passkey_host: Option<String>,
    form: AskForm,
    /// In which times are told: users have none of their own.
    timezone: String,
    errors: Vec<Flaw>,
}

/// What the authenticator is asked.
#[derive(Serialize)]
struct New {
    current: &'static str,
    tab: &'static str,
    name: String,
    passkey: Ceremony,
    passkey_host: Option<String>,
    errors: Vec<Flaw>,
}

#[derive(Serialize)]
struct One {
    current: &'static str,
    tab: &'static str,
    passkey: PasskeyView,
    /// As it was typed, or is.
    name: String,
    errors: Vec<Flaw>,
}

pub async fn show(reader: Reader, member: PageMember<Account>) -> HttpResponse {
    reader.answer(async { list(&reader, &member, AskForm::default(), None).await }).await
}

/// The password was right: the authenticator comes next.
pub async fn begin(reader: Reader, member: PageMember<Account>, form: Result<Form<AskForm>>) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let asked = match account::passkey_name(&form.name) {
                Ok(_) => account::ask_for_passkey(&member.own(), form.current_password.clone()).await,
                Err(refusal) => Err(refusal.into()),
            };
            match asked {
                Ok(challenge) => {
                    let (frame, _) = member.frame(&reader).await?;
                    let content = New {
                        current: "account",
                        tab: "security",
                        name: form.name,
                        passkey: challenge.into(),
                        passkey_host: account::passkey_host(&member.state),
                        errors: Vec::new(),
                    };
                    render(&member.state, &frame, StatusCode::OK, "app/account_passkey_new", &content)
                }
                Err(problem) if refuses_a_person(&problem) => {
                    list(&reader, &member, form, Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// Shows the recovery codes, if it is the first second factor: nobody is shown them again.
pub async fn create(
    reader: Reader,
    member: PageMember<Account>,
    form: Result<Form<AddForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(AddForm { name, token, credential }) = form?;
            let answered = Answered::of_form(token, &credential);
            match Box::pin(account::add_passkey(&member.own(), &name, answered)).await {
                Ok((_, made)) if made.is_empty() => Ok(done(PASSKEYS, "app-passkey-added")),
                Ok((_, made)) => {
                    let (frame, _) = member.frame(&reader).await?;
                    codes(&member, &frame, &made)
                }
                Err(problem) if refuses_a_person(&problem) => {
                    let typed = AskForm { name, ..AskForm::default() };
                    list(&reader, &member, typed, Some(&of_answer(problem))).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// What a script has filled in is no input of a form that somebody could mend.
fn of_answer(problem: Problem) -> Problem {
    let is_answers = problem.0.errors.iter().any(|error| error.pointer == "/credential");
    if is_answers { Code::PasskeyInvalid.into() } else { problem }
}

async fn list(
    reader: &Reader,
    member: &PageMember<Account>,
    form: AskForm,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (identity, user_id) = (member.state.store.identity(), member.user_id);
    let all = identity.statement(async |tx| passkeys::list(tx, user_id).await).await?;
    let (frame, tenant) = member.frame(reader).await?;
    let told = Told::by(refused, FIELDS, reader, &frame)?;
    // Whoever sees this page is signed in.
    let status =
        if told.status == StatusCode::UNAUTHORIZED { StatusCode::UNPROCESSABLE_ENTITY } else { told.status };
    let content = List {
        current: "account",
        tab: "security",
        has_room: all.len() < MOST,
        passkeys: all.into_iter().map(PasskeyView::from).collect(),
        passkey_host: account::passkey_host(&member.state),
        form,
        timezone: tenant.timezone.name().to_owned(),
        errors: told.errors,
    };
    render(&member.state, &frame, status, "app/account_passkeys", &content)
}

pub async fn edit(reader: Reader, member: PageMember<Account>, id: Result<Path<PasskeyId>>) -> HttpResponse {
    reader.answer(async { one(&reader, &member, *id?, None, None).await }).await
}

pub async fn rename(
    reader: Reader,
    member: PageMember<Account>,
    id: Result<Path<PasskeyId>>,
    form: Result<Form<NameForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            match account::rename_passkey(&member.own(), id, &form.name).await {
                Ok(()) => Ok(done(PASSKEYS, "app-saved")),
                Err(problem) if refuses_a_person(&problem) && problem.code() != Code::NotFound => {
                    one(&reader, &member, id, Some(form.name), Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn remove(
    reader: Reader,
    member: PageMember<Account>,
    id: Result<Path<PasskeyId>>,
    form: Result<Form<PasswordForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            match account::remove_passkey(&member.own(), id, form.current_password).await {
                Ok(()) => Ok(done(PASSKEYS, "app-passkey-removed")),
                Err(problem) if refuses_a_person(&problem) && problem.code() != Code::NotFound => {
                    one(&reader, &member, id, None, Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

async fn one(
    reader: &Reader,
    member: &PageMember<Account>,
    id: PasskeyId,
    typed: Option<String>,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (identity, user_id) = (member.state.store.identity(), member.user_id);
    let found = identity.statement(async |tx| passkeys::find(tx, user_id, id).await).await?;
    let (frame, _) = member.frame(reader).await?;
    let told = Told::by(refused, FIELDS, reader, &frame)?;
    let passkey = PasskeyView::from(found);
    let content = One {
        current: "account",
        tab: "security",
        name: typed.unwrap_or_else(|| passkey.name.clone()),
        passkey,
        errors: told.errors,
    };
    render(&member.state, &frame, told.status, "app/account_passkey", &content)
}
