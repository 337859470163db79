//! Where somebody stands in a tenant's events: the snapshot of what they have seen, and how far they are in the next.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Longest text of a cursor: two snapshots with every connection of a large server in the middle of something.
const LONGEST: usize = 8_000;

/// Everything that `seen` shows was seen; and of what `page` shows beyond it, everything up to one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    seen: Snapshot,
    page: Option<Page>,
}

/// A place between two snapshots: which the second one is must not change from page to page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) upto: Snapshot,
    pub(super) tx: i64,
    pub(super) id: Uuid,
}

impl Cursor {
    /// A cursor as it was written; `None`: it is none.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut parts = text.split('/');
        let seen = parts.next()?.parse().ok()?;
        let page = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (None, ..) => None,
            (Some(upto), Some(tx), Some(id), None) => {
                let page = Page { upto: upto.parse().ok()?, tx: number(tx)?, id: id.parse().ok()? };
                Some(page)
            }
            _ => return None,
        };
        Some(Self { seen, page })
    }

    /// Whether there is more to read at once.
    pub const fn is_within(&self) -> bool {
        self.page.is_some()
    }

    pub(super) const fn at(seen: Snapshot) -> Self {
        Self { seen, page: None }
    }

    pub(super) fn within(&self, page: Page) -> Self {
        Self { seen: self.seen.clone(), page: Some(page) }
    }

    pub(super) const fn seen(&self) -> &Snapshot {
        &self.seen
    }

    pub(super) const fn page(&self) -> Option<&Page> {
        self.page.as_ref()
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.page {
            None => write!(f, "{}", self.seen),
            Some(page) => write!(f, "{}/{}/{}/{}", self.seen, page.upto, page.tx, page.id.simple()),
        }
    }
}

/// A snapshot as PostgreSQL writes it, `xmin:xmax:those,under,way`: of the transactions below xmax it shows all but those
/// that were under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Snapshot {
    xmin: i64,
    xmax: i64,
    under_way: Vec<i64>,
}

impl Snapshot {
    /// It shows every transaction before this one.
    pub(super) const fn oldest(&self) -> i64 {
        self.xmin
    }

    /// Whether it can't have been taken before the other.
    pub(super) const fn is_after(&self, other: &Self) -> bool {
        self.xmax > other.xmax
    }
}

impl FromStr for Snapshot {
    type Err = ();

    /// As strict as PostgreSQL, which fails on what is none.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split(':');
        let (Some(xmin), Some(xmax), Some(list), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(());
        };
        let (xmin, xmax) = (number(xmin).ok_or(())?, number(xmax).ok_or(())?);
        let list: Option<Vec<i64>> =
            if list.is_empty() { Some(Vec::new()) } else { list.split(',').map(number).collect() };
        let under_way = list.ok_or(())?;
        let fits = 0 < xmin
            && xmin <= xmax
            && under_way.iter().all(|xid| (xmin..xmax).contains(xid))
            && under_way.is_sorted_by(|one, next| one < next);
        if fits { Ok(Self { xmin, xmax, under_way }) } else { Err(()) }
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.xmin, self.xmax)?;
        for (place, xid) in self.under_way.iter().enumerate() {
            write!(f, "{}{xid}", if place > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

/// Digits, and nothing that the same number could be written by otherwise.
fn number(text: &str) -> Option<i64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if is_plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        for text in [
            "10:10:",
            "10:20:10,14",
            "1:2:1/5:9:5,8/7/019c0000000070008000000000000000",
            "9223372036854775807:9223372036854775807:",
        ] {
            assert_eq!(Cursor::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_postgresql_would_fail_on_is_no_cursor() {
        for text in [
            "",
            "x",
            ":",
            "::",
            "1:2",
            "0:1:",
            "2:1:",
            "1:2:2",
            "1:3:2,1",
            "1:3:1,1",
            "1:2:1,",
            "01:2:",
            "+1:2:",
            "1:2:/",
            "1:2:/3:4:",
            "1:2:/3:4:/5",
            "1:2:/3:4:/x/019c0000000070008000000000000000",
            "1:2:\0",
            "9223372036854775808:1:",
        ] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
        assert_eq!(Cursor::parse(&format!("1:9:{}", "1,".repeat(5_000))), None);
    }
}
