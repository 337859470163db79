//! Keys of the API: what a program shows that acts for a tenant, with no person behind it.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::Permission;
use crate::id::TenantId;
use crate::rejection::Rejection;
use crate::text;

/// How every key begins, so that it is known for one wherever it turns up.
pub const MARK: &str = "hk_";
/// Random bytes of a key.
pub const SECRET_LEN: usize = 32;
/// Most keys of a tenant that are good at a time.
pub const MOST: usize = 50;
/// How long a key may be good.
const MOST_DAYS: TimeDelta = TimeDelta::days(3_660);
/// How long a key that was replaced may stay good beside its successor.
const MOST_OVERLAP: TimeDelta = TimeDelta::days(7);

/// What a key may do, each by itself: one that changes something may not read for that. Each is the permission of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Read,
    ManageBookings,
    ManageCatalogue,
    ManageTenant,
}
crate::sql::text!(Scope);

impl Scope {
    pub const ALL: [Self; 4] = [Self::Read, Self::ManageBookings, Self::ManageCatalogue, Self::ManageTenant];

    pub const fn permission(self) -> Permission {
        match self {
            Self::Read => Permission::Read,
            Self::ManageBookings => Permission::ManageBookings,
            Self::ManageCatalogue => Permission::ManageCatalogue,
            Self::ManageTenant => Permission::ManageTenant,
        }
    }

    pub const fn name(self) -> &'static str {
        self.permission().name()
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// A key that somebody wants to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub name: String,
    pub scopes: BTreeSet<Scope>,
    /// None: until it is taken away.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Draft {
    /// A name of 1 to 100 characters, at least one scope, and an end that is ahead, within ten years.
    pub fn new(
        name: &str,
        scopes: impl IntoIterator<Item = Scope>,
        expires_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Self, Rejection> {
        let name =
            text::line(name, 100).map_err(|why| Rejection::invalid("/name", "INVALID", why.to_string()))?;
        let scopes: BTreeSet<Scope> = scopes.into_iter().collect();
        if scopes.is_empty() {
            return Err(Rejection::invalid("/scopes", "REQUIRED", "names nothing that the key may do"));
        }
        if expires_at.is_some_and(|end| end <= now || end > now + MOST_DAYS) {
            return Err(Rejection::invalid(
                "/expires_at",
                "OUT_OF_RANGE",
                "is not within the next ten years",
            ));
        }
        Ok(Self { name, scopes, expires_at })
    }
}

/// Until when a key that is replaced stays good: 0 to 168 hours from now, and no longer than it would have.
pub fn overlap_until(
    hours: i64,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Rejection> {
    let until = TimeDelta::try_hours(hours)
        .filter(|overlap| (TimeDelta::zero()..=MOST_OVERLAP).contains(overlap))
        .map(|overlap| now + overlap)
        .ok_or_else(|| Rejection::invalid("/overlap_hours", "OUT_OF_RANGE", "is not 0 to 168"))?;
    Ok(expires_at.map_or(until, |end| end.min(until)))
}

/// The key itself: 67 characters. It names its tenant, so that nobody has to look for it in all of them; nobody else's
/// opens anything there.
pub fn mint(tenant_id: TenantId, secret: [u8; SECRET_LEN]) -> String {
    let bytes = [secret.as_slice(), tenant_id.0.as_bytes()].concat();
    format!("{MARK}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The tenant that a key names. None: it is no key.
pub fn tenant_of(key: &str) -> Option<TenantId> {
    let bytes: [u8; SECRET_LEN + 16] =
        URL_SAFE_NO_PAD.decode(key.strip_prefix(MARK)?).ok()?.try_into().ok()?;
    let (_, tenant) = bytes.split_last_chunk()?;
    Some(TenantId(Uuid::from_bytes(*tenant)))
}

/// What is shown of a key once it is made: enough to know it by, 48 of its 256 random bits.
pub fn prefix(key: &str) -> &str {
    key.get(..MARK.len() + 8).unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_tenant_and_shows_little_of_itself() {
        let tenant = TenantId(Uuid::from_u128(7));
        let key = mint(tenant, [9; SECRET_LEN]);
        assert_eq!((key.len(), prefix(&key)), (67, "hk_CQkJCQkJ"));
        assert_eq!(tenant_of(&key), Some(tenant));
        let mut short = key.clone();
        short.pop();
        for text in [
            "",
            "hk_",
            "hk_x",
            &short,
            &format!("{key}A"),
            &key.replace("hk_", "hk-"),
            &key.replace("hk_", ""),
        ] {
            assert_eq!(tenant_of(text), None, "{text}");
        }
    }

    #[test]
    fn each_scope_is_the_permission_of_its_name() {
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.permission().name());
            assert_eq!(Scope::from_name(scope.name()), Some(scope));
        }
        assert_eq!(Scope::from_name("own_tenant"), None);
    }

    #[test]
    fn a_key_that_is_replaced_never_lives_longer_for_it() {
        let now: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let hours = |hours| now + TimeDelta::hours(hours);
        assert_eq!(overlap_until(24, None, now).unwrap(), hours(24));
        assert_eq!(overlap_until(0, None, now).unwrap(), now);
        assert_eq!(overlap_until(24, Some(hours(3)), now).unwrap(), hours(3));
        for refused in [-1, 169, i64::MAX, i64::MIN] {
            assert!(overlap_until(refused, None, now).is_err(), "{refused}");
        }
    }

    #[test]
    fn what_a_key_is_to_be_has_bounds() {
        let now: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let draft = |name: &str, scopes: &[Scope], days: i64| {
            Draft::new(name, scopes.iter().copied(), Some(now + TimeDelta::days(days)), now)
        };
        let read = &[Scope::Read, Scope::Read];
        assert_eq!(draft(" Website ", read, 3_660).unwrap().name, "Website");
        for refused in [draft("", read, 1), draft("x", &[], 1), draft("x", read, 0), draft("x", read, 3_661)]
        {
            assert!(refused.is_err());
        }
        assert!(draft(&"x".repeat(101), read, 1).is_err());
    }
}
