//! What the tenant asks of customers who cancel, move or stay away.

use actix_web::HttpResponse;
use domain::booking::Policy;
use domain::booking::policy::Fee;
use domain::rejection::Fields;
use domain::service::Rate;
use serde::{Deserialize, Serialize};
use store::tenants::Tenant;
use utoipa::ToSchema;

use crate::extract::{Caller, IfMatch, Json, ManageTenant, Read};
use crate::problem::Result;
use crate::reply::versioned;

/// Bookings keep the policy they were made under.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyBody {
    /// Until how many minutes before the start customers cancel by themselves, 0..=43,200; null: only members do.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    cancel_minutes: Option<i32>,
    /// The same of moving. What would cost to be cancelled is never moved by the customer.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    move_minutes: Option<i32>,
    /// What is cancelled so many minutes before the start, or earlier, is free; 0..=43,200.
    free_minutes: i32,
    /// Of what is cancelled later.
    late_fee: FeeBody,
    /// Of who stays away.
    no_show_fee: FeeBody,
}

#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FeeBody {
    of: FeeOf,
    /// Of the price: more than 0, at most 1. There alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    rate: Option<Rate>,
}

#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FeeOf {
    Nothing,
    /// It is kept.
    Deposit,
    /// A part of it.
    Price,
}

impl From<Fee> for FeeBody {
    fn from(fee: Fee) -> Self {
        match fee {
            Fee::Nothing => Self { of: FeeOf::Nothing, rate: None },
            Fee::Deposit => Self { of: FeeOf::Deposit, rate: None },
            Fee::Price { basis_points } => {
                Self { of: FeeOf::Price, rate: Rate::from_basis_points(basis_points) }
            }
        }
    }
}

impl FeeBody {
    fn read(self, fields: &mut Fields, pointer: &str) -> Fee {
        match (self.of, self.rate) {
            (FeeOf::Nothing, None) => Fee::Nothing,
            (FeeOf::Deposit, None) => Fee::Deposit,
            (FeeOf::Price, Some(rate)) => Fee::Price { basis_points: rate.basis_points() },
            (FeeOf::Price, None) => {
                fields.add(format!("{pointer}/rate"), "REQUIRED", "must be given");
                Fee::Nothing
            }
            (_, Some(_)) => {
                fields.add(format!("{pointer}/rate"), "UNKNOWN_FIELD", "is of a part of the price alone");
                Fee::Nothing
            }
        }
    }
}

impl From<Policy> for PolicyBody {
    fn from(policy: Policy) -> Self {
        let Policy { cancel_minutes, move_minutes, free_minutes, late_fee, no_show_fee } = policy;
        Self {
            cancel_minutes,
            move_minutes,
            free_minutes,
            late_fee: late_fee.into(),
            no_show_fee: no_show_fee.into(),
        }
    }
}

impl PolicyBody {
    fn read(self) -> Result<Policy> {
        let mut fields = Fields::default();
        let policy = Policy {
            cancel_minutes: self.cancel_minutes,
            move_minutes: self.move_minutes,
            free_minutes: self.free_minutes,
            late_fee: self.late_fee.read(&mut fields, "/late_fee"),
            no_show_fee: self.no_show_fee.read(&mut fields, "/no_show_fee"),
        };
        fields.finish()?;
        Ok(policy)
    }
}

fn reply(tenant: &Tenant) -> HttpResponse {
    versioned(&PolicyBody::from(tenant.policy), tenant.version)
}

pub async fn show(caller: Caller<Read>) -> Result<HttpResponse> {
    Ok(reply(&caller.tenant.read(async |tx| store::tenants::find(tx).await).await?))
}

pub async fn replace(
    caller: Caller<ManageTenant>,
    IfMatch(version): IfMatch,
    Json(body): Json<PolicyBody>,
) -> Result<HttpResponse> {
    let (now, by, policy) = (caller.now, caller.by(), body.read()?);
    let set =
        async |tx: &mut store::TenantTx| store::tenants::set_policy(tx, policy, version, &by, now).await;
    Ok(reply(&Box::pin(caller.tenant.transaction(set)).await?))
}
