//! What the tenant asks of customers who cancel, move or stay away.

use actix_web::HttpResponse;
use domain::access::Permission;
use domain::booking::Policy;
use domain::booking::policy::Fee;
use domain::rejection::{Code, Fields, Rejection};
use serde::{Deserialize, Serialize};
use store::tenants::Tenant;

use super::told::Told;
use super::typed::{Difference, basis_points, differences, joined, percent, shown_version};
use crate::extract::{Allows, ManageTenant, PageMember, Read};
use crate::pages::form::{Flaw, Form, refuses_a_person};
use crate::pages::frame::{Flash, Frame};
use crate::pages::{Reader, render, see_with};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[
    ("/cancel_minutes", "cancel_minutes"),
    ("/move_minutes", "move_minutes"),
    ("/free_minutes", "free_minutes"),
    ("/late_fee/rate", "late_rate"),
    ("/no_show_fee/rate", "no_show_rate"),
];

/// What is offered; another that was set by the API stands beside them.
const MINUTES: [i32; 11] = [0, 60, 120, 240, 480, 720, 1_440, 2_880, 4_320, 10_080, 20_160];

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct PolicyForm {
    /// Empty: customers don't by themselves.
    cancel_minutes: String,
    move_minutes: String,
    free_minutes: String,
    /// `nothing`, `deposit` or `price`.
    late_fee: String,
    /// Of a hundred.
    late_rate: String,
    no_show_fee: String,
    no_show_rate: String,
    version: String,
}

impl PolicyForm {
    fn of(tenant: &Tenant) -> Self {
        let policy = &tenant.policy;
        let minutes = |minutes: Option<i32>| minutes.map(|minutes| minutes.to_string()).unwrap_or_default();
        let ((late_fee, late_rate), (no_show_fee, no_show_rate)) =
            (shown(policy.late_fee), shown(policy.no_show_fee));
        Self {
            cancel_minutes: minutes(policy.cancel_minutes),
            move_minutes: minutes(policy.move_minutes),
            free_minutes: policy.free_minutes.to_string(),
            late_fee,
            late_rate,
            no_show_fee,
            no_show_rate,
            version: tenant.version.to_string(),
        }
    }

    fn policy(&self) -> Result<Policy, Rejection> {
        let mut fields = Fields::default();
        let mut minutes = |pointer: &str, text: &str| match text {
            "" => None,
            text => fields.take(pointer, text.parse::<i32>()),
        };
        let (cancel_minutes, move_minutes) =
            (minutes("/cancel_minutes", &self.cancel_minutes), minutes("/move_minutes", &self.move_minutes));
        let free_minutes = minutes("/free_minutes", &self.free_minutes).unwrap_or(0);
        let mut fee = |pointer: &str, of: &str, rate: &str| match of {
            "price" => {
                let basis_points = basis_points(rate).unwrap_or_else(|| {
                    fields.add(pointer, "INVALID", "must be a part of a hundred");
                    1
                });
                Fee::Price { basis_points }
            }
            "deposit" => Fee::Deposit,
            _ => Fee::Nothing,
        };
        let late_fee = fee("/late_fee/rate", &self.late_fee, &self.late_rate);
        let no_show_fee = fee("/no_show_fee/rate", &self.no_show_fee, &self.no_show_rate);
        let policy = Policy { cancel_minutes, move_minutes, free_minutes, late_fee, no_show_fee };
        joined(fields, policy.checked())
    }

    fn shown(&self) -> Vec<(&'static str, String)> {
        let fee = |of: &str, rate: &str| if of == "price" { format!("{rate} %") } else { of.to_owned() };
        vec![
            ("app-policy-cancel", self.cancel_minutes.clone()),
            ("app-policy-move", self.move_minutes.clone()),
            ("app-policy-free", self.free_minutes.clone()),
            ("app-policy-late", fee(&self.late_fee, &self.late_rate)),
            ("app-policy-no-show", fee(&self.no_show_fee, &self.no_show_rate)),
        ]
    }

    /// What is offered, and what stands there.
    fn minutes(&self) -> Vec<i32> {
        let typed = [&self.cancel_minutes, &self.move_minutes, &self.free_minutes];
        let mut minutes: Vec<i32> = typed.into_iter().filter_map(|text| text.parse().ok()).collect();
        minutes.extend(MINUTES);
        minutes.sort_unstable();
        minutes.dedup();
        minutes
    }
}

/// A fee as the two inputs of it begin.
fn shown(fee: Fee) -> (String, String) {
    match fee {
        Fee::Nothing => ("nothing".to_owned(), String::new()),
        Fee::Deposit => ("deposit".to_owned(), String::new()),
        Fee::Price { basis_points } => ("price".to_owned(), percent(basis_points)),
    }
}

#[derive(Serialize)]
struct Content<'a> {
    current: &'static str,
    tab: &'static str,
    form: &'a PolicyForm,
    errors: Vec<Flaw>,
    differences: Vec<Difference>,
    minutes: Vec<i32>,
    may_manage: bool,
}

pub async fn show(reader: Reader, member: PageMember<Read>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            page(&member, &frame, &PolicyForm::of(&tenant), Told::nothing())
        })
        .await
}

pub async fn update(
    reader: Reader,
    member: PageMember<ManageTenant>,
    form: Result<Form<PolicyForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (Form(mut form), by, now) = (form?, member.by(), member.now);
            let version = shown_version(&form.version);
            let set = async |tx: &mut store::TenantTx| {
                store::tenants::set_policy(tx, form.policy()?, version, &by, now).await
            };
            let updated: store::Result<Tenant> = Box::pin(member.tenant.transaction(set)).await;
            let (frame, tenant) = member.frame(&reader).await?;
            match updated.map_err(Problem::from) {
                Ok(_) => Ok(see_with("/app/settings/policy", &Flash::ok("app-saved"))),
                Err(problem) if refuses_a_person(&problem) => {
                    let mut told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    if problem.code() == Code::VersionMismatch {
                        let saved = PolicyForm::of(&tenant);
                        told.differences = differences(&form.shown(), saved.shown());
                        form.version = saved.version;
                    }
                    page(&member, &frame, &form, told)
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

fn page<P: Allows>(
    member: &PageMember<P>,
    frame: &Frame,
    form: &PolicyForm,
    told: Told,
) -> Result<HttpResponse> {
    let content = Content {
        current: "settings",
        tab: "policy",
        form,
        errors: told.errors,
        differences: told.differences,
        minutes: form.minutes(),
        may_manage: member.role.may(Permission::ManageTenant),
    };
    render(&member.state, frame, told.status, "app/policy", &content)
}
