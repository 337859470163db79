//! Name, language and address.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use domain::locale::Locale;
use domain::rejection::Fields;
use domain::text;
use serde::{Deserialize, Serialize};
use store::{account_data, accounts};

use super::super::done;
use super::super::told::Told;
use crate::account;
use crate::extract::{Account, PageMember};
use crate::pages::account::login::signed_out;
use crate::pages::form::{Flaw, Form, refuses_a_person};
use crate::pages::frame::Frame;
use crate::pages::reader::remember;
use crate::pages::{Reader, render};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[
    ("/full_name", "full_name"),
    ("/locale", "locale"),
    ("/email", "email"),
    ("/current_password", "current_password"),
];

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct ProfileForm {
    full_name: String,
    locale: String,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct EmailForm {
    email: String,
    #[serde(skip_serializing)]
    current_password: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RemovalForm {
    removal_password: String,
}

#[derive(Serialize)]
struct Profile {
    current: &'static str,
    tab: &'static str,
    email: String,
    is_verified: bool,
    awaited: Option<String>,
    form: ProfileForm,
    change: EmailForm,
    errors: Vec<Flaw>,
}

pub async fn show(reader: Reader, member: PageMember<Account>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, _) = member.frame(&reader).await?;
            page(&member, &frame, None, EmailForm::default(), Told::nothing()).await
        })
        .await
}

/// All that is known of the user, as a file.
pub async fn data(reader: Reader, member: PageMember<Account>) -> HttpResponse {
    reader
        .answer(async {
            let identity = member.state.store.identity();
            let data = identity.statement(async |tx| account_data::of(tx, member.user_id).await).await?;
            let name = "attachment; filename=\"account.json\"";
            Ok(HttpResponse::Ok().insert_header((CONTENT_DISPOSITION, name)).json(data))
        })
        .await
}

pub async fn update(
    reader: Reader,
    member: PageMember<Account>,
    form: Result<Form<ProfileForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let mut fields = Fields::default();
            let name = fields.take("/full_name", text::name(&form.full_name));
            let locale = Locale::from_name(&form.locale);
            if let Err(refusal) = fields.finish() {
                let (frame, _) = member.frame(&reader).await?;
                let told = Told::by(Some(&refusal.into()), FIELDS, &reader, &frame)?;
                return page(&member, &frame, Some(form), EmailForm::default(), told).await;
            }
            let (identity, id, now) = (member.state.store.identity(), member.user_id, member.now);
            identity
                .transaction(async |tx| accounts::update(tx, id, name.as_deref(), locale, now).await)
                .await?;
            let mut response = done("/app/account", "app-saved");
            if let Some(locale) = locale {
                remember(&mut response, locale);
            }
            Ok(response)
        })
        .await
}

pub async fn change_email(
    reader: Reader,
    member: PageMember<Account>,
    form: Result<Form<EmailForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            match account::ask_for_email(&member.own(), form.current_password.clone(), &form.email).await {
                Ok(()) => Ok(done("/app/account", "app-account-email-asked")),
                Err(problem) if refuses_a_person(&problem) => {
                    let (frame, _) = member.frame(&reader).await?;
                    let told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    page(&member, &frame, None, form, told).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn withdraw_email(reader: Reader, member: PageMember<Account>) -> HttpResponse {
    reader
        .answer(async {
            account::withdraw_email(&member.own()).await?;
            Ok(done("/app/account", "app-account-email-withdrawn"))
        })
        .await
}

pub async fn remove(
    reader: Reader,
    member: PageMember<Account>,
    form: Result<Form<RemovalForm>>,
) -> HttpResponse {
    const REMOVAL: &[(&str, &str)] = &[("/current_password", "removal_password")];
    reader
        .answer(async {
            let Form(form) = form?;
            match account::remove(&member.own(), form.removal_password).await {
                Ok(()) => Ok(signed_out("/login", "account-removed")),
                Err(problem) if refuses_a_person(&problem) => {
                    let (frame, _) = member.frame(&reader).await?;
                    let told = Told::by(Some(&problem), REMOVAL, &reader, &frame)?;
                    page(&member, &frame, None, EmailForm::default(), told).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// `typed`: what a refused form says of name and language; none: what is known.
async fn page(
    member: &PageMember<Account>,
    frame: &Frame,
    typed: Option<ProfileForm>,
    change: EmailForm,
    told: Told,
) -> Result<HttpResponse> {
    let (identity, id, now) = (member.state.store.identity(), member.user_id, member.now);
    let (user, awaited) = identity
        .transaction(async |tx| {
            let user = store::users::find(tx, id).await?;
            Ok::<_, Problem>((user, accounts::awaited_email(tx, id, now).await?))
        })
        .await?;
    let content = Profile {
        current: "account",
        tab: "profile",
        is_verified: user.email_verified_at.is_some(),
        email: user.email,
        awaited,
        form: typed
            .unwrap_or(ProfileForm { full_name: user.full_name, locale: user.locale.name().to_owned() }),
        change,
        errors: told.errors,
    };
    render(&member.state, frame, told.status, "app/account", &content)
}
