//! Who may do what: the roles of members and the permissions of each.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Viewer,
    Staff,
    Manager,
    Admin,
    Owner,
}
crate::sql::text!(Role);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See the calendar, the catalogue, the customers, the plan.
    Read,
    /// Act on bookings on behalf of customers.
    ManageBookings,
    /// Change services, staff, hours and closures.
    ManageCatalogue,
    /// Change the tenant's profile and brand.
    ManageTenant,
}

impl Role {
    pub const ALL: [Self; 5] = [Self::Viewer, Self::Staff, Self::Manager, Self::Admin, Self::Owner];

    /// The table of permissions: the lowest role that has each.
    pub const fn may(self, permission: Permission) -> bool {
        let lowest = match permission {
            Permission::Read => Self::Viewer,
            Permission::ManageBookings => Self::Staff,
            Permission::ManageCatalogue => Self::Manager,
            Permission::ManageTenant => Self::Admin,
        };
        self.rank() >= lowest.rank()
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Viewer => 0,
            Self::Staff => 1,
            Self::Manager => 2,
            Self::Admin => 3,
            Self::Owner => 4,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Staff => "staff",
            Self::Manager => "manager",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}
