//! Tables for spreadsheets.

/// The text of a cell as a spreadsheet shall show it: what it would take for a formula gets an apostrophe before it
/// (OWASP, "CSV Injection"), also in the full width of East Asian fonts. Telephone numbers of the form +33… stay what
/// they are.
pub fn cell(text: &str) -> String {
    let is_number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    let is_formula = match text.strip_prefix('+') {
        Some(rest) => !is_number(rest),
        None => text
            .starts_with(['=', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']),
    };
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

/// What a cell says that [`cell`] may have written: without the apostrophe before a formula.
pub fn plain(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| cell(rest) != **rest).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_safe_is_read_as_it_was() {
        for text in ["=1+1", "-2", "@x", "'=1", "'", "o'clock", "+33612345678", "", "\u{ff1d}1"] {
            assert_eq!(plain(&cell(text)), if text == "'=1" { "=1" } else { text });
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (text, shown) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2", "'-2"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("+", "'+"),
            ("\t=1", "'\t=1"),
            ("\u{ff1d}1+1", "'\u{ff1d}1+1"),
            ("\u{ff20}x", "'\u{ff20}x"),
            ("+33612345678", "+33612345678"),
            ("Zoé = amie", "Zoé = amie"),
            ("", ""),
        ] {
            assert_eq!(cell(text), shown);
        }
    }
}
