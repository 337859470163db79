//! The form that writes a customer down.

use actix_web::HttpResponse;
use domain::customer::{CustomerDraft, split_tags};
use domain::id::CustomerId;
use domain::locale::Locale;
use domain::rejection::Code;
use serde::{Deserialize, Serialize};
use store::customers::Known;

use super::super::done;
use super::super::told::Told;
use super::super::typed::{Difference, differences, readable, shown_version};
use crate::extract::{ManageBookings, PageMember, Path};
use crate::pages::form::{Flaw, Form};
use crate::pages::{Reader, render};
use crate::problem::{Problem, Result};

/// What the form calls what the API points to.
const FIELDS: [(&str, &str); 5] =
    [("/name", "name"), ("/email", "email"), ("/phone", "phone"), ("/tags*", "tags"), ("/note", "note")];

/// What is typed of a customer.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct CustomerForm {
    name: String,
    email: String,
    phone: String,
    locale: String,
    /// With commas between them.
    tags: String,
    note: String,
    version: String,
}

impl CustomerForm {
    fn draft(&self, locale: Locale) -> CustomerDraft {
        CustomerDraft {
            name: self.name.clone(),
            email: self.email.clone(),
            phone: Some(self.phone.clone()),
            locale: Locale::from_name(&self.locale).unwrap_or(locale),
            note: Some(self.note.clone()),
            tags: split_tags(&self.tags),
        }
    }

    /// Its labels and values in their order.
    fn shown(&self) -> Vec<(&'static str, String)> {
        vec![
            ("calendar-name", self.name.clone()),
            ("calendar-email", self.email.clone()),
            ("calendar-phone", self.phone.clone()),
            ("calendar-language-label", self.locale.clone()),
            ("customers-tags", self.tags.clone()),
            ("calendar-internal-note", self.note.clone()),
        ]
    }

    /// `country` is as whose people a number is shown.
    fn of(Known { customer, tags, .. }: &Known, country: &str) -> Self {
        Self {
            name: customer.name.clone(),
            email: customer.email.clone(),
            phone: readable(customer.phone_e164.as_deref(), country),
            locale: customer.locale.name().to_owned(),
            tags: tags.join(", "),
            note: customer.note.clone().unwrap_or_default(),
            version: customer.version.to_string(),
        }
    }
}

#[derive(Serialize)]
struct Edit {
    current: &'static str,
    /// None: a new one.
    id: Option<CustomerId>,
    form: CustomerForm,
    /// What others have.
    tags_in_use: Vec<String>,
    errors: Vec<Flaw>,
    differences: Vec<Difference>,
}

async fn form_page(
    reader: &Reader,
    member: &PageMember<ManageBookings>,
    id: Option<CustomerId>,
    mut form: CustomerForm,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (frame, tenant) = member.frame(reader).await?;
    let mut told = Told::by(refused, &FIELDS, reader, &frame)?;
    if let Some(id) = id.filter(|_| refused.is_some_and(|problem| problem.code() == Code::VersionMismatch)) {
        let customer = member.tenant.read(async |tx| store::customers::find_known(tx, id).await).await?;
        let saved = CustomerForm::of(&customer, &tenant.country);
        told.differences = differences(&form.shown(), saved.shown());
        // Whoever saves now has seen it.
        form.version = saved.version;
    }
    let Told { status, errors, differences } = told;
    let in_use = member.tenant.read(async |tx| store::customers::tags::in_use(tx).await).await?;
    let tags_in_use = in_use.into_iter().map(|tag| tag.name).collect();
    let content = Edit { current: "customers", id, form, tags_in_use, errors, differences };
    render(&member.state, &frame, status, "app/customer_form", &content)
}

/// Whether the form is shown again, with what was typed.
fn is_shown_again(problem: &Problem) -> bool {
    matches!(problem.code(), Code::Invalid | Code::CustomerExists | Code::VersionMismatch)
}

pub async fn new(reader: Reader, member: PageMember<ManageBookings>) -> HttpResponse {
    reader
        .answer(async {
            let tenant = member.tenant.read(async |tx| store::tenants::find(tx).await).await?;
            let form = CustomerForm { locale: tenant.locale.name().to_owned(), ..CustomerForm::default() };
            form_page(&reader, &member, None, form, None).await
        })
        .await
}

pub async fn create(
    reader: Reader,
    member: PageMember<ManageBookings>,
    form: Result<Form<CustomerForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let (now, by) = (member.now, member.by());
            let draft = form.draft(reader.lang());
            let added: store::Result<_> =
                member.tenant.transaction(async |tx| store::customers::add(tx, &draft, &by, now).await).await;
            match added.map_err(Problem::from) {
                Ok(customer) => {
                    Ok(done(&format!("/app/customers/{}", customer.customer.id), "calendar-flash-customer"))
                }
                Err(problem) if is_shown_again(&problem) => {
                    form_page(&reader, &member, None, form, Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn edit(
    reader: Reader,
    member: PageMember<ManageBookings>,
    id: Result<Path<CustomerId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let id = *id?;
            let (customer, tenant) = member
                .tenant
                .read(async |tx| {
                    let customer = store::customers::find_known(tx, id).await?;
                    Ok::<_, store::Error>((customer, store::tenants::find(tx).await?))
                })
                .await?;
            let form = CustomerForm::of(&customer, &tenant.country);
            form_page(&reader, &member, Some(id), form, None).await
        })
        .await
}

pub async fn update(
    reader: Reader,
    member: PageMember<ManageBookings>,
    id: Result<Path<CustomerId>>,
    form: Result<Form<CustomerForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let (now, by) = (member.now, member.by());
            let version = shown_version(&form.version);
            let change = |draft: CustomerDraft| form.draft(draft.locale);
            let updated: store::Result<_> = member
                .tenant
                .transaction(async |tx| store::customers::update(tx, id, change, version, &by, now).await)
                .await;
            match updated.map_err(Problem::from) {
                Ok(_) => Ok(done(&format!("/app/customers/{id}"), "calendar-flash-customer")),
                Err(problem) if is_shown_again(&problem) => {
                    form_page(&reader, &member, Some(id), form, Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}
