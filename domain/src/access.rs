//! Who may do what: the roles of members and the permissions of each.

use serde::{Deserialize, Serialize};

use crate::rejection::Rejection;
use crate::text;

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
    /// Say who may sign in, and as what.
    ManageTeam,
    /// Make keys of the API and take them away.
    ManageKeys,
    /// Read who changed what.
    ReadAudit,
    /// Give the tenant to another, or up.
    OwnTenant,
}

impl Permission {
    pub const ALL: [Self; 8] = [
        Self::Read,
        Self::ManageBookings,
        Self::ManageCatalogue,
        Self::ManageTenant,
        Self::ManageTeam,
        Self::ManageKeys,
        Self::ReadAudit,
        Self::OwnTenant,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ManageBookings => "manage_bookings",
            Self::ManageCatalogue => "manage_catalogue",
            Self::ManageTenant => "manage_tenant",
            Self::ManageTeam => "manage_team",
            Self::ManageKeys => "manage_keys",
            Self::ReadAudit => "read_audit",
            Self::OwnTenant => "own_tenant",
        }
    }

    /// The table of permissions: the lowest role that has each.
    pub const fn lowest(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::ManageBookings => Role::Staff,
            Self::ManageCatalogue => Role::Manager,
            Self::ManageTenant | Self::ManageTeam | Self::ManageKeys | Self::ReadAudit => Role::Admin,
            Self::OwnTenant => Role::Owner,
        }
    }

    /// The same table for an operator who acts in a tenant for its support: the day's work and the catalogue, and the log
    /// that tells of it. Never who gets in, by what, whose it is, or what can't be taken back.
    pub const fn is_for_support(self) -> bool {
        match self {
            Self::Read | Self::ManageBookings | Self::ManageCatalogue | Self::ReadAudit => true,
            Self::ManageTenant | Self::ManageTeam | Self::ManageKeys | Self::OwnTenant => false,
        }
    }
}

/// Why an operator acts in a tenant: 10 to 500 characters, which its people read.
pub fn support_reason(reason: &str) -> Result<String, Rejection> {
    let reason = text::lines(reason, 500)
        .map_err(|why| Rejection::invalid("/reason", "INVALID", why.to_string()))?
        .filter(|reason| reason.chars().count() >= 10);
    reason.ok_or_else(|| Rejection::invalid("/reason", "TOO_SHORT", "must have at least 10 characters"))
}

impl Role {
    /// As what pages show an operator who acts for a tenant's support; what they may is [`Permission::is_for_support`].
    pub const OF_SUPPORT: Self = Self::Manager;

    pub const ALL: [Self; 5] = [Self::Viewer, Self::Staff, Self::Manager, Self::Admin, Self::Owner];

    pub const fn may(self, permission: Permission) -> bool {
        self.rank() >= permission.lowest().rank()
    }

    /// Whether somebody of this role may have a member of the role `from` be of the role `to`, or, without one of them, come
    /// or go: nobody gives what they have not, nor takes from who is above them.
    pub fn may_change(self, from: Option<Self>, to: Option<Self>) -> bool {
        self.may(Permission::ManageTeam) && from.into_iter().chain(to).all(|role| role <= self)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_what_they_have_not_nor_takes_from_who_is_above() {
        use Role::{Admin, Manager, Owner, Staff, Viewer};
        for (who, from, to, may) in [
            (Owner, Some(Owner), Some(Viewer), true),
            (Owner, None, Some(Owner), true),
            (Admin, Some(Staff), Some(Admin), true),
            (Admin, Some(Admin), None, true),
            (Admin, Some(Staff), Some(Owner), false),
            (Admin, Some(Owner), None, false),
            (Admin, None, Some(Owner), false),
            (Manager, None, Some(Viewer), false),
            (Manager, Some(Viewer), None, false),
        ] {
            assert_eq!(who.may_change(from, to), may, "{who:?} {from:?} {to:?}");
        }
    }

    #[test]
    fn support_does_the_days_work_and_touches_nothing_that_lets_somebody_in() {
        use Permission::{
            ManageBookings, ManageCatalogue, ManageKeys, ManageTeam, ManageTenant, OwnTenant, Read, ReadAudit,
        };
        for (permission, may) in [
            (Read, true),
            (ManageBookings, true),
            (ManageCatalogue, true),
            (ReadAudit, true),
            (ManageTenant, false),
            (ManageTeam, false),
            (ManageKeys, false),
            (OwnTenant, false),
        ] {
            assert_eq!(permission.is_for_support(), may, "{permission:?}");
            // Nor do pages offer it, which ask the role.
            assert!(may || !Role::OF_SUPPORT.may(permission), "{permission:?}");
        }
    }

    #[test]
    fn a_reason_says_something() {
        assert_eq!(support_reason(" Asked by phone ").unwrap(), "Asked by phone");
        assert_eq!(support_reason(&"é".repeat(500)).unwrap().chars().count(), 500);
        for reason in ["", "         x", "too short", &"é".repeat(501), "asked by\u{7}phone"] {
            assert!(support_reason(reason).is_err(), "{reason}");
        }
    }

    #[test]
    fn a_higher_role_may_all_that_a_lower_one_may() {
        for permission in Permission::ALL {
            let may: Vec<bool> = Role::ALL.into_iter().map(|role| role.may(permission)).collect();
            assert!(may.is_sorted() && may[4], "{permission:?}");
        }
    }
}
