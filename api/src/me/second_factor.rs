//! The second factor of whoever is signed in.

use actix_web::HttpResponse;
use domain::second_factor::RecoveryCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::account;
use crate::extract::{Account, Json, Member};
use crate::problem::Result;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnableSecondFactor {
    current_password: String,
}

/// What an app is given. It waits a quarter of an hour for the first code.
#[derive(Serialize, ToSchema)]
pub struct TotpOfferView {
    /// Base 32, to be typed into the app.
    secret: String,
    otpauth_url: String,
    /// The same as a QR code.
    qr_svg: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorCode {
    /// Six digits of the app, or, but for the first time, a recovery code.
    code: String,
}

#[derive(Serialize, ToSchema)]
pub struct RecoveryCodesView {
    /// Ten, each good once in the place of the app's. Nobody is told them again. None beside passkeys: those that there are
    /// stay.
    recovery_codes: Vec<String>,
}

impl RecoveryCodesView {
    fn of(codes: &[RecoveryCode]) -> Self {
        Self { recovery_codes: codes.iter().map(ToString::to_string).collect() }
    }
}

pub async fn enable(member: Member<Account>, Json(body): Json<EnableSecondFactor>) -> Result<HttpResponse> {
    let offer = account::offer_totp(&member.own(), body.current_password).await?;
    let view = TotpOfferView { secret: offer.letters, otpauth_url: offer.url, qr_svg: offer.qr_svg };
    Ok(HttpResponse::Ok().json(view))
}

pub async fn verify(member: Member<Account>, Json(body): Json<SecondFactorCode>) -> Result<HttpResponse> {
    let codes = account::confirm_totp(&member.own(), &body.code).await?;
    Ok(HttpResponse::Ok().json(RecoveryCodesView::of(&codes)))
}

pub async fn renew_codes(
    member: Member<Account>,
    Json(body): Json<SecondFactorCode>,
) -> Result<HttpResponse> {
    let codes = account::renew_recovery_codes(&member.own(), &body.code).await?;
    Ok(HttpResponse::Ok().json(RecoveryCodesView::of(&codes)))
}

pub async fn destroy(member: Member<Account>, Json(body): Json<SecondFactorCode>) -> Result<HttpResponse> {
    account::remove_second_factor(&member.own(), &body.code).await?;
    Ok(HttpResponse::NoContent().finish())
}
