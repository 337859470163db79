//! Customers: the list, one of them with what they booked, and the form that writes them down.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use domain::customer::{self, CustomerDraft};
use domain::id::CustomerId;
use domain::locale::Locale;
use domain::rejection::Code;
use domain::role::Permission;
use serde::{Deserialize, Serialize};
use store::bookings::{self, Appointment};
use store::customers::{Customer, Filter};

use super::bookings::Sheet;
use super::told::Told;
use super::typed::{Difference, differences, readable, shown_version};
use super::{done, next_page};
use crate::extract::{ManageBookings, PageMember, Path, Query, Read};
use crate::list::PageQuestion;
use crate::pages::form::{Flaw, Form};
use crate::pages::{Reader, render};
use crate::problem::{Problem, Result};

const ROWS: i64 = 40;
/// Most bookings that the page of a customer shows.
const MOST_BOOKINGS: i64 = 50;
/// What the form calls what the API points to.
const FIELDS: [(&str, &str); 4] =
    [("/name", "name"), ("/email", "email"), ("/phone", "phone"), ("/note", "note")];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuestion {
    q: String,
    cursor: Option<String>,
}

#[derive(Serialize)]
struct List {
    current: &'static str,
    q: String,
    rows: Vec<Row>,
    next: String,
    may_write: bool,
    may_export: bool,
}

#[derive(Serialize)]
struct Row {
    id: CustomerId,
    name: String,
    email: String,
    phone: Option<String>,
}

impl From<Customer> for Row {
    fn from(customer: Customer) -> Self {
        let Customer { id, name, email, phone_e164: phone, .. } = customer;
        Self { id, name, email, phone }
    }
}

pub async fn list(
    reader: Reader,
    member: PageMember<Read>,
    question: Result<Query<ListQuestion>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(question) = question?;
            let (frame, _tenant) = member.frame(&reader).await?;
            // A cursor that is none leads to the beginning.
            let page_of = |cursor| PageQuestion { limit: Some(ROWS), cursor }.read();
            let wanted = page_of(question.cursor.clone()).or_else(|_no_cursor| page_of(None))?;
            let q: String = question.q.chars().take(100).collect();
            let filter = Filter { words: customer::wanted(&q), after: wanted.after };
            let finds_nothing = filter.words.is_empty() && !q.trim().is_empty();
            let limit = if finds_nothing { 0 } else { wanted.and_one() };
            let found =
                member.tenant.read(async |tx| store::customers::list(tx, &filter, limit).await).await?;
            let page = wanted.page(found, |last| last.id, Row::from);
            let next = page.next_cursor.map(|cursor| next_page("/app/customers", &[("q", &q)], &cursor));
            let content = List {
                current: "customers",
                q,
                rows: page.data,
                next: next.unwrap_or_default(),
                may_write: member.role.may(Permission::ManageBookings),
                may_export: member.role.may(Permission::ManageCatalogue),
            };
            render(&member.state, &frame, StatusCode::OK, "app/customers", &content)
        })
        .await
}

#[derive(Serialize)]
struct Detail {
    current: &'static str,
    customer: Row,
    note: Option<String>,
    locale: &'static str,
    bookings: Vec<Sheet>,
    has_more: bool,
    may_write: bool,
}

pub async fn show(reader: Reader, member: PageMember<Read>, id: Result<Path<CustomerId>>) -> HttpResponse {
    reader
        .answer(async {
            let id = *id?;
            let (frame, _tenant) = member.frame(&reader).await?;
            let filter =
                bookings::Filter { customer_id: Some(id), latest_first: true, ..bookings::Filter::default() };
            let (customer, mut booked) = member
                .tenant
                .read(async |tx| {
                    let customer = store::customers::find(tx, id).await?;
                    let booked = bookings::list(tx, &filter, MOST_BOOKINGS + 1).await?;
                    Ok::<_, store::Error>((customer, booked))
                })
                .await?;
            let most = usize::try_from(MOST_BOOKINGS).unwrap_or(0);
            let has_more = booked.len() > most;
            booked.truncate(most);
            let sheet = |one: Appointment| Sheet::new(&member, one, format!("/app/customers/{id}"));
            let content = Detail {
                current: "customers",
                note: customer.note.clone(),
                locale: customer.locale.name(),
                customer: customer.into(),
                bookings: booked.into_iter().map(sheet).collect(),
                has_more,
                may_write: member.role.may(Permission::ManageBookings),
            };
            render(&member.state, &frame, StatusCode::OK, "app/customer", &content)
        })
        .await
}

/// What is typed of a customer.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct CustomerForm {
    name: String,
    email: String,
    phone: String,
    locale: String,
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
        }
    }

    /// Its labels and values in their order.
    fn shown(&self) -> Vec<(&'static str, String)> {
        vec![
            ("calendar-name", self.name.clone()),
            ("calendar-email", self.email.clone()),
            ("calendar-phone", self.phone.clone()),
            ("calendar-language-label", self.locale.clone()),
            ("calendar-internal-note", self.note.clone()),
        ]
    }

    /// `country` is as whose people a number is shown.
    fn of(customer: &Customer, country: &str) -> Self {
        Self {
            name: customer.name.clone(),
            email: customer.email.clone(),
            phone: readable(customer.phone_e164.as_deref(), country),
            locale: customer.locale.name().to_owned(),
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
        let customer = member.tenant.read(async |tx| store::customers::find(tx, id).await).await?;
        let saved = CustomerForm::of(&customer, &tenant.country);
        told.differences = differences(&form.shown(), saved.shown());
        // Whoever saves now has seen it.
        form.version = saved.version;
    }
    let Told { status, errors, differences } = told;
    let content = Edit { current: "customers", id, form, errors, differences };
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
                    Ok(done(&format!("/app/customers/{}", customer.id), "calendar-flash-customer"))
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
                    let customer = store::customers::find(tx, id).await?;
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
