//! Where a service takes place.

use serde::{Deserialize, Serialize};

use crate::rejection::Rejection;

/// Who goes to whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "lowercase")]
pub enum Location {
    /// The customer comes to the tenant.
    #[default]
    Business,
    /// Whoever provides it comes to the customer, at the address that the booking has.
    Customer,
}
crate::sql::text!(Location);

impl Location {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Business => "business",
            Self::Customer => "customer",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Business, Self::Customer].into_iter().find(|location| location.name() == name)
    }

    pub const fn is_at_customer(self) -> bool {
        matches!(self, Self::Customer)
    }

    /// What of a given address a booking keeps: nothing where the customer comes, else it must say where to (`REQUIRED`).
    pub fn address(self, given: Option<String>) -> Result<Option<String>, Rejection> {
        match (self, given) {
            (Self::Business, _) => Ok(None),
            (Self::Customer, Some(address)) => Ok(Some(address)),
            (Self::Customer, None) => {
                Err(Rejection::invalid("/address", "REQUIRED", "must say where to come"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_visited_says_where() {
        let home = || Some("1 rue du Port".to_owned());
        assert_eq!(Location::Business.address(home()), Ok(None));
        assert_eq!(Location::Customer.address(home()), Ok(home()));
        assert_eq!(Location::Customer.address(None).unwrap_err().errors[0].pointer, "/address");
    }
}
