//! What is known of a customer, for them to read, and its erasure.

use actix_web::HttpResponse;
use domain::id::CustomerId;
use serde::Serialize;
use serde_json::Value;
use store::customers::erasure;
use utoipa::ToSchema;

use crate::extract::{Caller, ManageTenant, Path};
use crate::problem::Result;

/// By kind: `customer`, `addresses`, `tags`, `block`, `consents`, `sessions`, `bookings`, `files`, `waitlist`,
/// `messages`.
#[derive(Serialize, ToSchema)]
pub struct CustomerData(Value);

pub async fn show(caller: Caller<ManageTenant>, id: Path<CustomerId>) -> Result<HttpResponse> {
    let data = caller.tenant.read(async |tx| erasure::data(tx, *id).await).await?;
    Ok(HttpResponse::Ok().json(CustomerData(data)))
}

pub async fn destroy(caller: Caller<ManageTenant>, id: Path<CustomerId>) -> Result<HttpResponse> {
    let (by, now) = (caller.by(), caller.now);
    caller.tenant.transaction(async |tx| erasure::erase(tx, *id, &by, now).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
