//! Each component in each of its states, in any tenant's colour.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::extract::Query;
use crate::pages::form::Flaw;
use crate::pages::{Reader, render};
use crate::problem::Result;

#[derive(Deserialize)]
pub struct Choice {
    /// `#rrggbb`.
    color: Option<String>,
}

#[derive(Serialize)]
struct Components {
    zones: [Choices; 2],
    cards: [Choices; 2],
    flaws: [Flaw; 2],
}

#[derive(Serialize)]
struct Choices {
    value: &'static str,
    label: &'static str,
    note: &'static str,
    icon: &'static str,
}

pub async fn show(reader: Reader, choice: Result<Query<Choice>>) -> HttpResponse {
    reader
        .answer(async {
            let Query(choice) = choice?;
            let mut frame = reader.frame(reader.lang());
            frame.brand = choice.color.map(|color| reader.state.pages.brands.get(&color));
            let option = |value, label, note, icon| Choices { value, label, note, icon };
            let flaw = |field: &str, text: &str| Flaw { field: field.to_owned(), text: text.to_owned() };
            let content = Components {
                zones: [option("paris", "Paris", "", ""), option("lisbon", "Lisbon", "", "")],
                cards: [
                    option("card", "Card", "Visa, Mastercard", "credit-card"),
                    option("place", "At the salon", "Cash or card", "wallet"),
                ],
                flaws: [
                    flaw("email", "Enter a complete email address, such as camille@example.com."),
                    flaw("phone", "Enter a complete phone number, such as +33 6 12 34 56 78."),
                ],
            };
            render(&reader.state, &frame, StatusCode::OK, "dev/components", &content)
        })
        .await
}
