//! What a reader chooses of how pages look, without an account and without a script.

use actix_web::HttpResponse;
use serde::Deserialize;

use super::form::Form;
use super::reader::{self, Reader, THEME, preference};
use super::{local_path, see};
use crate::problem::Result;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub struct Preferences {
    /// `light`, `dark`; anything else: as the system has it.
    theme: String,
    /// The page to go back to.
    back: String,
}

/// `POST /preferences`.
pub async fn update(reader: Reader, form: Result<Form<Preferences>>) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let mut response = see(local_path(&form.back).unwrap_or("/"));
            let theme = reader::theme(&form.theme);
            let mut cookie = preference(THEME, theme.unwrap_or_default());
            if theme.is_none() {
                cookie.make_removal();
            }
            // A cookie that can't be written is a choice that is not remembered.
            let _unwritten = response.add_cookie(&cookie);
            Ok(response)
        })
        .await
}
