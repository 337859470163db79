//! Files of comma-separated values as the world writes them: in four encodings, with three separators.

use csv::ReaderBuilder;
use encoding_rs::{Encoding, WINDOWS_1252};

use super::guess;

/// Most bytes of a file.
pub const MOST_BYTES: usize = 10_000_000;
/// Most rows of a file, its header not counted.
pub const MOST_ROWS: usize = 50_000;
/// Most columns.
const MOST_COLUMNS: usize = 60;
/// Rows that are looked at to find the separator.
const LOOKED_AT: usize = 20;

/// Why a file can't be read as a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    #[error("must have at most 10 MB")]
    TooLarge,
    #[error("must be text, with commas, semicolons or tabs between its columns")]
    NotText,
    #[error("must have a row with the names of the columns, and one below it")]
    Empty,
    #[error("must have at most {MOST_ROWS} rows")]
    TooManyRows,
    #[error("must have at most {MOST_COLUMNS} columns")]
    TooManyColumns,
}

impl TableError {
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "TABLE_TOO_LARGE",
            Self::NotText => "TABLE_NOT_TEXT",
            Self::Empty => "TABLE_EMPTY",
            Self::TooManyRows => "TABLE_TOO_MANY_ROWS",
            Self::TooManyColumns => "TABLE_TOO_MANY_COLUMNS",
        }
    }
}

/// A row of a file, not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it begins, from 1.
    pub line: i32,
    pub cells: Vec<String>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// As the Encoding Standard (WHATWG) names it.
    pub encoding: &'static str,
    pub delimiter: char,
    pub header: Vec<String>,
    pub rows: Vec<Row>,
}

impl Table {
    /// A byte order mark says the encoding; without one it is UTF-8 if it can be, else Windows-1252. The separator is the
    /// one that makes columns of it, or what a first line `sep=` says. One file is always read the same.
    pub fn read(bytes: &[u8]) -> Result<Self, TableError> {
        if bytes.len() > MOST_BYTES {
            return Err(TableError::TooLarge);
        }
        let (encoding, text) = decode(bytes);
        if text.contains('\0') {
            return Err(TableError::NotText);
        }
        let (told, body, above) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
            Some((separator, rest)) => (separator.trim_end_matches('\r').chars().next(), rest, 1),
            None => (None, text.as_str(), 0),
        };
        let told = told.and_then(|told| SEPARATORS.into_iter().find(|one| char::from(*one) == told));
        let delimiter = told.unwrap_or_else(|| separator(body));
        let mut records = records(body, delimiter, MOST_ROWS + 2)?.into_iter();
        let header = records.next().ok_or(TableError::Empty)?;
        let width = header.cells.len();
        if width > MOST_COLUMNS {
            return Err(TableError::TooManyColumns);
        }
        let rows: Vec<Row> = records.map(|row| Row { line: row.line + above, ..row }).collect();
        match rows.len() {
            0 => Err(TableError::Empty),
            rows if rows > MOST_ROWS => Err(TableError::TooManyRows),
            _ => {
                let header = header.cells.iter().map(|name| name.trim().to_owned()).collect();
                Ok(Self { encoding: encoding.name(), delimiter: char::from(delimiter), header, rows })
            }
        }
    }
}

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

fn decode(bytes: &[u8]) -> (&'static Encoding, String) {
    let (encoding, body) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, bytes.get(mark..).unwrap_or_default()),
        None if str::from_utf8(bytes).is_ok() => (encoding_rs::UTF_8, bytes),
        None => (WINDOWS_1252, bytes),
    };
    (encoding, encoding.decode_without_bom_handling(body).0.into_owned())
}

/// The separator that makes the most known columns, then the most rows as wide as the header, then the widest.
fn separator(text: &str) -> u8 {
    let weight = |delimiter: &u8| {
        let rows = records(text, *delimiter, LOOKED_AT).unwrap_or_default();
        let Some(header) = rows.as_slice().first() else { return (0, 0, 0) };
        let width = header.cells.len();
        let known = guess(&header.cells).iter().flatten().count();
        let even = if width < 2 { 0 } else { rows.iter().filter(|row| row.cells.len() == width).count() };
        (known, even, width)
    };
    // Of equals the first.
    SEPARATORS.into_iter().rev().max_by_key(weight).unwrap_or(b',')
}

/// Its first records, at most so many; blank ones are left out.
fn records(text: &str, delimiter: u8, most: usize) -> Result<Vec<Row>, TableError> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_not_utf8| TableError::NotText)?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        rows.push(Row { line: line(text, &record), cells: record.iter().map(str::to_owned).collect() });
        if rows.len() == most {
            break;
        }
    }
    Ok(rows)
}

/// Where a record begins. The reader counts the blank lines before it as its own.
fn line(text: &str, record: &csv::StringRecord) -> i32 {
    let Some(position) = record.position() else { return 1 };
    let start = usize::try_from(position.byte()).ok().and_then(|at| text.get(at..)).unwrap_or_default();
    let blank = start.chars().take_while(|c| matches!(c, '\r' | '\n')).filter(|c| *c == '\n').count();
    i32::try_from(position.line()).unwrap_or(i32::MAX).saturating_add(i32::try_from(blank).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(separator: &str) -> String {
        let mut text = ["Nom", "E-mail", "Téléphone", "Note"].join(separator);
        for n in 0..50 {
            let note = format!("\"dit \"\"oui\"\",{n}; déjà\tvenue\r\nà l’été\"");
            let row = [
                format!("Zoë Lefèvre-Œuvre {n}"),
                format!("zoe{n}@exemple.fr"),
                format!("06 12 34 56 {n:02}"),
                note,
            ];
            text = format!("{text}\r\n{}", row.join(separator));
        }
        text
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once('\u{feff}')
            .chain(text.chars())
            .flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec())
            .flat_map(to_bytes)
            .collect()
    }

    #[test]
    fn fifty_people_are_the_same_in_every_encoding_with_every_separator() {
        let first = Table::read(people(",").as_bytes()).unwrap();
        assert_eq!((first.rows.len(), first.header.len(), first.rows[49].line), (50, 4, 100));
        assert_eq!(first.rows[7].cells[3], "dit \"oui\",7; déjà\tvenue\r\nà l’été");
        for (separator, delimiter) in [(",", ','), (";", ';'), ("\t", '\t')] {
            let text = people(separator);
            let (windows, _, unmappable) = WINDOWS_1252.encode(&text);
            assert!(!unmappable);
            for (encoding, bytes) in [
                ("UTF-8", text.clone().into_bytes()),
                ("UTF-8", format!("\u{feff}{text}").into_bytes()),
                ("UTF-16LE", utf16(&text, u16::to_le_bytes)),
                ("UTF-16BE", utf16(&text, u16::to_be_bytes)),
                ("windows-1252", windows.into_owned()),
            ] {
                let table = Table::read(&bytes).unwrap();
                assert_eq!((table.encoding, table.delimiter), (encoding, delimiter));
                assert_eq!(
                    (&table.header, &table.rows),
                    (&first.header, &first.rows),
                    "{encoding} {delimiter:?}"
                );
            }
        }
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let lines = |text: &str| -> Vec<i32> {
            Table::read(text.as_bytes()).unwrap().rows.iter().map(|row| row.line).collect()
        };
        assert_eq!(lines("name,email\na,b\nc,d\n"), [2, 3]);
        assert_eq!(lines("name,email\r\n\r\na,b\r\n , \r\n\r\nc,d"), [3, 6]);
        assert_eq!(lines("name,email\n\"a\nb\",c\nd,e"), [2, 4]);
        assert_eq!(lines("sep=;\nname;email\na;b\n"), [3]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for (bytes, error) in [
            (&b""[..], TableError::Empty),
            (b"\n\n", TableError::Empty),
            (b"name,email\n", TableError::Empty),
            (b"name,email\na\0,b", TableError::NotText),
            (b"PK\x03\x04\0\0\xff\xfe", TableError::NotText),
        ] {
            assert_eq!(Table::read(bytes), Err(error));
        }
        let wide = format!("{}\nx", "a,".repeat(MOST_COLUMNS));
        assert_eq!(Table::read(wide.as_bytes()), Err(TableError::TooManyColumns));
        let long = format!("name,email\n{}", "a,b\n".repeat(MOST_ROWS + 1));
        assert_eq!(Table::read(long.as_bytes()), Err(TableError::TooManyRows));
        assert_eq!(Table::read(&vec![b'a'; MOST_BYTES + 1]), Err(TableError::TooLarge));
        let full = format!("name,email\n{}", "a,b\n".repeat(MOST_ROWS));
        assert_eq!(Table::read(full.as_bytes()).unwrap().rows.len(), MOST_ROWS);
    }

    #[test]
    fn the_separator_is_found_among_others_in_cells() {
        let read = |text: &str| Table::read(text.as_bytes()).unwrap();
        assert_eq!(
            read("Name;Email\n\"Petit, Zoé\";z@example.org\n\"Roy, Al\";a@example.org").delimiter,
            ';'
        );
        assert_eq!(read("Name,Email,Note\nA,a@example.org,b;c;d\nB,b@example.org,x;y;z").delimiter, ',');
        assert_eq!(read("Kunde\tAdresse\na\tb").delimiter, '\t');
        assert_eq!(read("email\na@example.org").delimiter, ',');
    }
}
