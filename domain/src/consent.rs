//! What customers agree to, and take back (GDPR, article 7: it can be shown, and taken back as easily as it was given).

use serde::{Deserialize, Serialize};

/// What somebody agrees to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema), schema(as = ConsentKind))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The tenant's terms, with each booking.
    Terms,
    /// Messages about anything but their bookings.
    Marketing,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Terms, Self::Marketing];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Terms => "terms",
            Self::Marketing => "marketing",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

crate::sql::text!(Kind);

/// Where it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema), schema(as = ConsentSource))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Where they booked.
    Booking,
    /// To a member, who wrote it down.
    Member,
    /// On their own page.
    Customer,
}

impl Source {
    pub const ALL: [Self; 3] = [Self::Booking, Self::Member, Self::Customer];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Booking => "booking",
            Self::Member => "member",
            Self::Customer => "customer",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

crate::sql::text!(Source);
