//! Files that answer a question.

use crate::id::IntakeFileId;

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
pub enum FileKind {
    Jpeg,
    Png,
    Gif,
    Pdf,
}
crate::sql::text!(FileKind);

impl FileKind {
    const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::Gif, Self::Pdf];

    /// `None`: it is none of those that are taken.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let begins = |start: &[u8]| bytes.starts_with(start);
        if begins(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if begins(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if begins(b"GIF87a") || begins(b"GIF89a") {
            Some(Self::Gif)
        } else if begins(b"%PDF-") {
            Some(Self::Pdf)
        } else {
            None
        }
    }

    /// The ending of its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Pdf => "pdf",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Pdf => "application/pdf",
        }
    }
}

/// What a file is called: the last part of what was said, without what no name has, with the ending of what it is.
pub fn file_name(said: &str, kind: FileKind) -> String {
    let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let plain: String =
        stem.chars().filter(|c| !c.is_control() && !"\"<>|*?:;%".contains(*c)).take(100).collect();
    let plain = plain.trim();
    let stem = if plain.is_empty() { "file" } else { plain };
    format!("{stem}.{}", kind.name())
}

/// The file of an answer, among its tenant's files.
pub fn file(id: IntakeFileId) -> String {
    format!("intake/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_holds_and_not_what_it_is_called() {
        assert_eq!(FileKind::of(b"%PDF-1.7 ..."), Some(FileKind::Pdf));
        assert_eq!(FileKind::of(b"\xff\xd8\xff\xe0"), Some(FileKind::Jpeg));
        for bytes in [&b""[..], b"<svg onload=alert(1)>", b"MZ\x90", b"GIF", b" %PDF-1.7", b"<html>"] {
            assert_eq!(FileKind::of(bytes), None);
        }
        for (said, name) in [
            ("../../etc/pass\"wd.exe", "passwd.png"),
            ("C:\\photos\\me.jpeg", "me.png"),
            ("", "file.png"),
            (".png", "file.png"),
            ("a\r\nb.png", "ab.png"),
        ] {
            assert_eq!(file_name(said, FileKind::Png), name);
        }
    }
}
