//! What each role may do is told as it is.

use std::fmt::Write as _;

use domain::access::{Permission, Role};

/// The table of `docs/access.md` is this one.
#[test]
fn the_docs_show_the_table() {
    let mut table = String::from("| may |");
    for role in Role::ALL {
        write!(table, " {} |", role.name()).unwrap();
    }
    table.push_str("\n| --- | --- | --- | --- | --- | --- |\n");
    for permission in Permission::ALL {
        write!(table, "| {} |", permission.name()).unwrap();
        for role in Role::ALL {
            write!(table, " {} |", if role.may(permission) { "yes" } else { "no" }).unwrap();
        }
        table.push('\n');
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/access.md");
    let docs = std::fs::read_to_string(path).unwrap();
    assert!(docs.contains(&table), "docs/access.md lacks the table:\n{table}");
}
