//! Signing up.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use chrono_tz::Tz;
use domain::locale::Locale;
use domain::rejection::{Code, Rejection};
use domain::tenant::{SignUpDraft, TenantDraft};
use serde::{Deserialize, Serialize};

use crate::account;
use crate::extract::Anybody;
use crate::pages::form::{Choice, Flaw, Form, flaws, refuses_a_person};
use crate::pages::frame::Flash;
use crate::pages::{Reader, render, see, see_with, zones};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[
    ("/full_name", "full_name"),
    ("/email", "email"),
    ("/password", "password"),
    ("/tenant/name", "tenant_name"),
    ("/tenant/slug", "slug"),
    ("/tenant/timezone", "timezone"),
];

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct SignUpForm {
    full_name: String,
    email: String,
    #[serde(skip_serializing)]
    password: String,
    tenant_name: String,
    slug: String,
    timezone: String,
    locale: String,
    /// Not empty: nobody is signed up yet, only shown it again, in another language.
    show: String,
}

impl SignUpForm {
    fn draft(&self) -> Result<SignUpDraft> {
        let timezone = self.timezone.parse::<Tz>();
        let draft = SignUpDraft {
            email: self.email.clone(),
            password: self.password.clone(),
            full_name: self.full_name.clone(),
            tenant: TenantDraft {
                name: self.tenant_name.clone(),
                slug: Some(self.slug.trim().to_lowercase()).filter(|slug| !slug.is_empty()),
                timezone: timezone.unwrap_or(Tz::Europe__Paris),
                locale: Locale::from_name(&self.locale).unwrap_or_default(),
                currency: "EUR".to_owned(),
                country: "FR".to_owned(),
            },
        };
        if timezone.is_ok() {
            return Ok(draft);
        }
        // Together with whatever else is wrong.
        let mut refusal = draft.checked().err().unwrap_or_else(|| Rejection::from(Code::Invalid));
        let unknown = Rejection::invalid("/tenant/timezone", "INVALID", "must be a time zone");
        refusal.errors.extend(unknown.errors);
        Err(refusal.into())
    }
}

#[derive(Serialize)]
struct SignUp<'a> {
    form: &'a SignUpForm,
    errors: Vec<Flaw>,
    zones: Vec<Choice>,
    host: &'a str,
}

pub async fn show(reader: Reader) -> HttpResponse {
    reader
        .answer(async {
            let form = SignUpForm {
                timezone: Tz::Europe__Paris.name().to_owned(),
                locale: reader.lang().name().to_owned(),
                ..SignUpForm::default()
            };
            page(&reader, StatusCode::OK, &form, Vec::new())
        })
        .await
}

/// Whether the address is known already is told by mail alone: the page is the same.
pub async fn create(
    reader: Reader,
    anybody: Result<Anybody>,
    form: Result<Form<SignUpForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, Form(form)) = (anybody?, form?);
            if !form.show.is_empty() {
                return page(&reader, StatusCode::OK, &form, Vec::new());
            }
            let signed_up = match form.draft() {
                Ok(draft) => account::register(&anybody, draft).await.map(|_signed_up| ()),
                Err(problem) => Err(problem),
            };
            match signed_up {
                Ok(()) => Ok(see("/signup/sent")),
                Err(problem) if problem.code() == Code::EmailTaken => {
                    account::remind(&anybody, &form.email).await?;
                    Ok(see("/signup/sent"))
                }
                Err(problem) if refuses_a_person(&problem) => {
                    let problem = about_the_slug(problem);
                    let told = flaws(&problem, FIELDS, reader.text(reader.lang()))?;
                    page(&reader, problem.status_code(), &form, told)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// A slug that is taken is told beside its input.
fn about_the_slug(mut problem: Problem) -> Problem {
    if problem.code() == Code::SlugTaken {
        problem.0.errors = Rejection::invalid("/tenant/slug", "TAKEN", "is taken").errors;
    }
    problem
}

fn page(reader: &Reader, status: StatusCode, form: &SignUpForm, errors: Vec<Flaw>) -> Result<HttpResponse> {
    let url = reader.state.links.public_url();
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    let content = SignUp { form, errors, zones: zones::choices(), host };
    render(&reader.state, &reader.frame(reader.lang()), status, "account/signup", &content)
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct ResendForm {
    email: String,
}

#[derive(Serialize)]
struct Sent {
    errors: Vec<Flaw>,
}

/// What to do next: read one's mail.
pub async fn sent(reader: Reader) -> HttpResponse {
    reader
        .answer(async {
            let frame = reader.frame(reader.lang());
            render(&reader.state, &frame, StatusCode::OK, "account/sent", &Sent { errors: Vec::new() })
        })
        .await
}

/// The mail once more.
pub async fn resend(
    reader: Reader,
    anybody: Result<Anybody>,
    form: Result<Form<ResendForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, Form(form)) = (anybody?, form?);
            account::resend_verification(&anybody, &form.email).await?;
            Ok(see_with("/signup/sent", &Flash::ok("account-sent-again")))
        })
        .await
}
