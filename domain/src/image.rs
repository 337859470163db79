//! Pictures of tenants: how wide they are kept, what their files and addresses are called.

use crate::id::{ImageId, TenantId};

/// How a picture is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
pub enum Format {
    Jpeg,
    Png,
}
crate::sql::text!(Format);

impl Format {
    /// The ending of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Jpeg, Self::Png].into_iter().find(|format| format.name() == name)
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// A variant's width, for screens from a list's thumbnail to a desktop's whole width.
const STEPS: [u32; 4] = [160, 320, 640, 1_280];

/// The widths in which a picture `width` wide is kept, the smallest first: it is never blown up.
pub fn widths(width: u32) -> Vec<u32> {
    STEPS.into_iter().filter(|step| *step < width).chain([width]).collect()
}

/// The folder of a picture, among its tenant's files.
pub fn folder(id: ImageId) -> String {
    format!("images/{id}")
}

/// The file of a variant, among its tenant's files.
pub fn file(id: ImageId, width: u32, format: Format) -> String {
    format!("{}/{width}.{}", folder(id), format.name())
}

/// Where browsers find a variant.
pub fn address(tenant: TenantId, id: ImageId, width: u32, format: Format) -> String {
    format!("/media/{tenant}/{id}-{width}.{}", format.name())
}

/// Reads the last part of an [`address`].
pub fn parse(name: &str) -> Option<(ImageId, u32, Format)> {
    let (stem, ending) = name.rsplit_once('.')?;
    let (id, width) = stem.rsplit_once('-')?;
    let (id, width, format) = (id.parse().ok()?, width.parse().ok()?, Format::from_name(ending)?);
    // One spelling each, or one file would be cached under many addresses.
    (name == format!("{id}-{width}.{ending}")).then_some((id, width, format))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_kept_in_steps_and_never_blown_up() {
        assert_eq!(widths(1_280), [160, 320, 640, 1_280]);
        assert_eq!(widths(500), [160, 320, 500]);
        assert_eq!(widths(90), [90]);
    }

    #[test]
    fn an_address_is_read_in_one_spelling() {
        let id: ImageId = "019ab000-0000-7000-8000-00000000000a".parse().unwrap();
        let address = address(TenantId::PLATFORM, id, 640, Format::Jpeg);
        let name = address.rsplit('/').next().unwrap();
        assert_eq!(parse(name), Some((id, 640, Format::Jpeg)));
        for name in [
            "",
            "640.jpg",
            "x-640.jpg",
            "019ab000-0000-7000-8000-00000000000a-0640.jpg",
            "019ab000-0000-7000-8000-00000000000a-+640.jpg",
            "019AB000-0000-7000-8000-00000000000A-640.jpg",
            "019ab000000070008000-00000000000a-640.jpg",
            "019ab000-0000-7000-8000-00000000000a-640.svg",
            "019ab000-0000-7000-8000-00000000000a-640.jpg.html",
            "../019ab000-0000-7000-8000-00000000000a-640.jpg",
        ] {
            assert_eq!(parse(name), None, "{name}");
        }
    }
}
