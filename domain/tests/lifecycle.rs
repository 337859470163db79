//! What becomes of a booking is told as it is.

use std::fmt::Write as _;

use domain::booking::lifecycle::{TRANSITIONS, When};

/// The table of `docs/bookings.md` is this one.
#[test]
fn the_docs_show_the_table() {
    let mut table = String::from("| what | from | to | when |\n| --- | --- | --- | --- |\n");
    for line in TRANSITIONS {
        let to = if line.to == line.to_for_approval {
            line.to.name().to_owned()
        } else {
            format!("{}, or {} where the tenant approves", line.to.name(), line.to_for_approval.name())
        };
        let act = format!("{:?}", line.act).to_lowercase();
        let when = match line.when {
            When::Before => "before its start",
            When::Begun => "from its start on",
            When::Always => "always",
        };
        writeln!(table, "| {act} | {} | {to} | {when} |", line.from.name()).unwrap();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/bookings.md");
    let docs = std::fs::read_to_string(path).unwrap();
    assert!(docs.contains(&table), "docs/bookings.md lacks the table:\n{table}");
}
