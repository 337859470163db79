//! Signing in by a passkey, without a password.

use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::login::{again, enter};
use crate::account::{self, Answered, Challenge};
use crate::extract::Anybody;
use crate::pages::Reader;
use crate::pages::form::{Form, refuses_a_person};
use crate::problem::Result;

/// What a script fills in, once an authenticator has answered.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasskeyForm {
    token: String,
    /// JSON.
    credential: String,
    /// Where to go then; a path of ours.
    pub(super) next: String,
}

impl PasskeyForm {
    pub(super) fn answered(&self) -> Answered {
        Answered::of_form(self.token.clone(), &self.credential)
    }
}

/// What a script asks an authenticator.
#[derive(Serialize)]
pub struct Ceremony {
    token: String,
    /// JSON.
    public_key: String,
}

impl From<Challenge> for Ceremony {
    fn from(challenge: Challenge) -> Self {
        Self { token: challenge.token, public_key: challenge.public_key.to_string() }
    }
}

pub async fn create(
    reader: Reader,
    anybody: Result<Anybody>,
    request: HttpRequest,
    form: Result<Form<PasskeyForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (anybody, Form(form)) = (anybody?, form?);
            match Box::pin(account::sign_in_by_passkey(&anybody, form.answered(), None)).await {
                Ok((user, membership)) => {
                    let tenant_id = membership.map(|(tenant, _role)| tenant.tenant_id);
                    enter(&anybody, &request, &user, tenant_id, &form.next).await
                }
                Err(problem) if refuses_a_person(&problem) => again(&reader, form.next, &problem),
                Err(problem) => Err(problem),
            }
        })
        .await
}
