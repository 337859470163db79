//! Which colour a service has: one for each category, as long as there are colours.

use std::collections::BTreeMap;

use domain::id::ServiceId;
use serde::Serialize;

/// Colours of events, by category.
const TONES: [&str; 4] = ["teal", "amber", "blue", "rose"];

pub(super) struct Tones {
    of_service: BTreeMap<ServiceId, usize>,
    names: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Legend {
    name: String,
    tone: &'static str,
}

impl Tones {
    pub(super) fn new<'a>(services: impl Iterator<Item = (ServiceId, &'a str)>) -> Self {
        let mut tones = Self { of_service: BTreeMap::new(), names: Vec::new() };
        for (id, name) in services {
            let place = tones.names.iter().position(|known| known == name).unwrap_or_else(|| {
                tones.names.push(name.to_owned());
                tones.names.len() - 1
            });
            tones.of_service.insert(id, place);
        }
        tones
    }

    pub(super) fn of(&self, service: ServiceId) -> &'static str {
        tone(self.of_service.get(&service).copied().unwrap_or_default())
    }

    /// What the colours of these services mean.
    pub(super) fn legend(&self, services: &[ServiceId]) -> Vec<Legend> {
        let is_shown = |place: usize| {
            services.iter().any(|service| self.of_service.get(service).copied() == Some(place))
        };
        let names = self.names.iter().enumerate().filter(|(place, _)| is_shown(*place)).take(6);
        names.map(|(place, name)| Legend { name: name.clone(), tone: tone(place) }).collect()
    }
}

fn tone(place: usize) -> &'static str {
    TONES.get(place % TONES.len()).copied().unwrap_or("teal")
}
