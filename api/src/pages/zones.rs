//! Time zones to choose from.

use chrono_tz::{TZ_VARIANTS, Tz};

use super::form::Choice;

/// The parts of the world that zones are named after; the rest of the database is old names of the same.
const AREAS: [&str; 10] = [
    "Europe",
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Indian",
    "Pacific",
];

/// Every zone that people live in, Europe's first.
pub fn choices() -> Vec<Choice> {
    let of_area = |area: &'static str| {
        TZ_VARIANTS.into_iter().map(Tz::name).filter(move |name| name.split('/').next() == Some(area))
    };
    let names = AREAS.into_iter().flat_map(of_area).chain(["UTC"]);
    names.map(|name| Choice { value: name.to_owned(), label: label(name) }).collect()
}

/// `America/Argentina/Buenos_Aires` as people read it.
fn label(name: &str) -> String {
    name.replace('_', " ").replace('/', " – ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_a_zone() {
        let choices = choices();
        assert!(choices.len() > 300);
        assert!(choices.iter().all(|choice| choice.value.parse::<Tz>().is_ok()));
        assert_eq!(label("America/Argentina/Buenos_Aires"), "America – Argentina – Buenos Aires");
    }
}
