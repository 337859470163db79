//! Files that people send.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::imports::{self, Table};
use domain::locale::Locale;
use domain::private_event::{pieces, unfold};
use domain::wall_clock::Interval;
use providers::images::{self, Purpose};

fn start() -> DateTime<Utc> {
    "2030-03-04T09:00:00Z".parse().expect("it is a time")
}

/// A calendar: what is read of it can be checked, and what is accepted unfolds to times in order.
pub fn calendar(bytes: &[u8]) {
    let zones = [Tz::UTC, Tz::Europe__Paris, Tz::Pacific__Apia, Tz::Australia__Lord_Howe];
    let zone = zones[bytes.len() % zones.len()];
    let Ok(file) = providers::calendars::ics::read(bytes, zone) else { return };
    for event in file.events {
        let Some(Ok(checked)) = event.draft.map(|draft| draft.checked_import()) else { continue };
        assert!(checked.start < checked.end);
        let window = Interval::new(start(), start() + TimeDelta::days(400));
        let Ok(blocks) = unfold(&checked.series(), checked.end - checked.start, window) else { continue };
        for block in &blocks {
            assert!(block.during.start < block.during.end, "{block:?}");
            assert!(window.start <= block.during.start && block.during.start < window.end, "{block:?}");
            let pieces: Vec<_> = pieces(block.during).take(1_000).collect();
            assert_eq!(pieces.first().map(|one| one.start), Some(block.during.start));
        }
        assert!(blocks.is_sorted_by_key(|block| block.during.start));
    }
}

/// A table of customers: what a row gives is a profile, and an export of it is read again as the same.
pub fn table(bytes: &[u8]) {
    let Ok(table) = Table::read(bytes) else { return };
    assert_eq!(Table::read(bytes), Ok(table.clone()), "one file is always read the same");
    assert!(!table.rows.is_empty());
    assert!(table.rows.is_sorted_by_key(|row| row.line));
    imports::columns(&table);
    let mut fields = imports::guess(&table.header);
    if imports::check(&fields).is_err() {
        let first =
            [imports::Field::Email, imports::Field::Name, imports::Field::Phone, imports::Field::Tags];
        fields = first.into_iter().map(Some).collect();
    }
    for row in &table.rows {
        if let Err(flaws) = imports::read(&fields, row, Locale::Fr, "FR") {
            assert!(!flaws.is_empty());
            assert!(flaws.iter().all(|flaw| flaw.value.chars().count() <= 100));
        }
    }
}

/// A picture: what is kept of it is small, and can be read.
pub fn picture(bytes: &[u8]) {
    for purpose in [Purpose::Logo, Purpose::Photo] {
        let Ok(picture) = images::prepare(bytes, purpose) else { continue };
        assert!((1..=1_280).contains(&picture.width) && (1..=1_600).contains(&picture.height));
        assert!(!picture.variants.is_empty());
        for variant in &picture.variants {
            assert!(variant.width <= picture.width && !variant.bytes.is_empty());
        }
        // Small ones are made again of what was kept.
        if picture.size() < 20_000 {
            let largest = picture.variants.iter().max_by_key(|variant| variant.width).expect("there is one");
            let again = images::prepare(&largest.bytes, purpose);
            let kept = again.map(|again| (again.width, again.height));
            assert_eq!(kept, Ok((picture.width, picture.height)));
        }
    }
}
