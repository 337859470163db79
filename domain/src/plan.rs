//! The plans: one table of limits and features. Limits are enforced where the change is made, in its transaction.

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::rejection::{Code, Extra, Rejection};
use crate::wall_clock;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    #[default]
    Free,
    Pro,
    Enterprise,
}
crate::sql::text!(Plan);

/// What a plan counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    BookingsPerMonth,
    /// Members who can sign in, open invitations included.
    Members,
    SmsPerMonth,
    ShootsPerMonth,
    StorageBytes,
    ApiCallsPerMonth,
    AuditLogDays,
}
crate::sql::text!(Limit);

/// What a plan has or has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    Email,
    Sms,
    CalendarSync,
    Deposits,
    GiftCards,
    Analytics,
    Predictions,
    Export,
    PublicApi,
    Webhooks,
    WhiteLabel,
    /// Members sign in by the tenant's own provider.
    SingleSignOn,
}

impl Plan {
    pub const ALL: [Self; 3] = [Self::Free, Self::Pro, Self::Enterprise];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Pro => "pro",
            Self::Enterprise => "enterprise",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.name() == name)
    }

    /// Euro cents a month.
    pub const fn price_cents(self) -> i64 {
        match self {
            Self::Free => 0,
            Self::Pro => 1_900,
            Self::Enterprise => 4_900,
        }
    }

    /// How much of it the plan includes; `None` is no limit.
    pub const fn allowance(self, limit: Limit) -> Option<i64> {
        const MEGABYTE: i64 = 1_000_000;
        let (free, pro, enterprise) = match limit {
            Limit::BookingsPerMonth => (Some(50), None, None),
            Limit::Members => (Some(1), Some(1), Some(5)),
            Limit::SmsPerMonth => (Some(0), Some(100), Some(500)),
            Limit::ShootsPerMonth => (Some(1), Some(20), None),
            Limit::StorageBytes => (Some(100 * MEGABYTE), Some(5_000 * MEGABYTE), Some(50_000 * MEGABYTE)),
            Limit::ApiCallsPerMonth => (Some(0), Some(0), Some(100_000)),
            Limit::AuditLogDays => (Some(7), Some(90), Some(730)),
        };
        match self {
            Self::Free => free,
            Self::Pro => pro,
            Self::Enterprise => enterprise,
        }
    }

    pub const fn has(self, feature: Feature) -> bool {
        match feature {
            Feature::Email => true,
            Feature::Sms
            | Feature::CalendarSync
            | Feature::Deposits
            | Feature::GiftCards
            | Feature::Analytics
            | Feature::Predictions
            | Feature::Export => !matches!(self, Self::Free),
            Feature::PublicApi | Feature::Webhooks | Feature::WhiteLabel | Feature::SingleSignOn => {
                matches!(self, Self::Enterprise)
            }
        }
    }

    /// Refuses what the plan has not, and says which plan has it.
    pub fn require(self, feature: Feature) -> Result<(), Rejection> {
        if self.has(feature) {
            return Ok(());
        }
        let lifted_by = Self::ALL.into_iter().find(|plan| plan.has(feature));
        Err(Rejection::from(Code::PlanFeatureMissing)
            .with(Extra::Feature { feature: feature.name(), lifted_by }))
    }

    /// The cheapest plan that includes more of it; none: no plan does.
    pub fn lifted_by(self, limit: Limit) -> Option<Self> {
        let max = self.allowance(limit)?;
        Self::ALL.into_iter().find(|plan| *plan > self && plan.allowance(limit).is_none_or(|more| more > max))
    }

    /// The refusal of what would take more than is left of `max`, of which `used` is taken.
    pub fn does_not_fit(self, limit: Limit, max: i64, used: i64) -> Rejection {
        let lifted_by = self.lifted_by(limit);
        Rejection::new(
            Code::PlanLimitReached,
            format!("Your plan includes {max} of {}, {used} are used, and this needs more.", limit.name()),
        )
        .with(Extra::Limit { limit, max, used, lifted_by })
    }

    /// The refusal of one more than `max`, as the owner is told it.
    pub fn reached(self, limit: Limit, max: i64) -> Rejection {
        let lifted_by = self.lifted_by(limit);
        Rejection::new(
            Code::PlanLimitReached,
            format!("Your plan includes {max} of {} and all are used.", limit.name()),
        )
        .with(Extra::Limit { limit, max, used: max, lifted_by })
    }
}

impl Limit {
    pub const ALL: [Self; 7] = [
        Self::BookingsPerMonth,
        Self::Members,
        Self::SmsPerMonth,
        Self::ShootsPerMonth,
        Self::StorageBytes,
        Self::ApiCallsPerMonth,
        Self::AuditLogDays,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::BookingsPerMonth => "bookings_per_month",
            Self::Members => "members",
            Self::SmsPerMonth => "sms_per_month",
            Self::ShootsPerMonth => "shoots_per_month",
            Self::StorageBytes => "storage_bytes",
            Self::ApiCallsPerMonth => "api_calls_per_month",
            Self::AuditLogDays => "audit_log_days",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| limit.name() == name)
    }

    /// Whether its count begins anew each month.
    pub const fn is_monthly(self) -> bool {
        matches!(
            self,
            Self::BookingsPerMonth | Self::SmsPerMonth | Self::ShootsPerMonth | Self::ApiCallsPerMonth
        )
    }
}

impl Feature {
    pub const ALL: [Self; 12] = [
        Self::Email,
        Self::Sms,
        Self::CalendarSync,
        Self::Deposits,
        Self::GiftCards,
        Self::Analytics,
        Self::Predictions,
        Self::Export,
        Self::PublicApi,
        Self::Webhooks,
        Self::WhiteLabel,
        Self::SingleSignOn,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::CalendarSync => "calendar_sync",
            Self::Deposits => "deposits",
            Self::GiftCards => "gift_cards",
            Self::Analytics => "analytics",
            Self::Predictions => "predictions",
            Self::Export => "export",
            Self::PublicApi => "public_api",
            Self::Webhooks => "webhooks",
            Self::WhiteLabel => "white_label",
            Self::SingleSignOn => "single_sign_on",
        }
    }
}

/// Percents of a limit at which its owner is warned.
const WARNINGS: [u8; 2] = [100, 80];

/// The warning that is due when the count has just come to `used` of `max`: of 50, at 40 and at 50.
pub fn warning_at(max: i64, used: i64) -> Option<u8> {
    warning_between(max, used - 1, used)
}

/// The same when it came there from `before` at once.
pub fn warning_between(max: i64, before: i64, used: i64) -> Option<u8> {
    WARNINGS.into_iter().find(|percent| (before + 1..=used).contains(&count_at(max, *percent)))
}

/// Whether `used` is that much of `max`, or more.
pub fn has_come_to(max: i64, used: i64, percent: u8) -> bool {
    used >= count_at(max, percent)
}

/// Rounded up: below it less than `percent` is used.
fn count_at(max: i64, percent: u8) -> i64 {
    max.saturating_mul(percent.into()).saturating_add(99) / 100
}

/// How long the log of changes stays as it was after a smaller plan keeps less of it.
pub const AUDIT_GRACE: TimeDelta = TimeDelta::days(90);

/// From when on the log of changes is kept.
pub fn audit_kept_from(
    plan: Plan,
    downgraded_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let plan = if downgraded_at.is_some_and(|at| now < at + AUDIT_GRACE) { Plan::Enterprise } else { plan };
    now - TimeDelta::days(plan.allowance(Limit::AuditLogDays).unwrap_or(0))
}

/// What the count of a limit belongs to that never begins anew.
pub fn for_good() -> NaiveDate {
    NaiveDate::default()
}

/// The first day of the month that `now` lies in, in the tenant's zone: what a monthly count belongs to.
pub fn month_of(now: DateTime<Utc>, timezone: Tz) -> NaiveDate {
    let today = now.with_timezone(&timezone).date_naive();
    today.with_day(1).unwrap_or(today)
}

/// When the count of `month` begins anew: the first instant of the next month in the tenant's zone.
pub fn month_resets_at(month: NaiveDate, timezone: Tz) -> Option<DateTime<Utc>> {
    Some(wall_clock::day(timezone, month.checked_add_months(Months::new(1))?)?.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dearer_plan_never_has_less() {
        for limit in Limit::ALL {
            let max = Plan::ALL.map(|plan| plan.allowance(limit).unwrap_or(i64::MAX));
            assert!(max.is_sorted(), "{limit:?}");
        }
        for feature in Feature::ALL {
            assert!(Plan::ALL.map(|plan| plan.has(feature)).is_sorted(), "{feature:?}");
            assert!(Plan::Enterprise.has(feature));
        }
        assert!(Plan::ALL.map(Plan::price_cents).is_sorted());
    }

    #[test]
    fn the_refusal_names_the_plan_that_lifts_it() {
        let refusal = Plan::Free.reached(Limit::BookingsPerMonth, 50);
        assert_eq!(
            refusal.extra.as_deref(),
            Some(&Extra::Limit {
                limit: Limit::BookingsPerMonth,
                max: 50,
                used: 50,
                lifted_by: Some(Plan::Pro)
            })
        );
        let refusal = Plan::Free.reached(Limit::Members, 1);
        assert!(matches!(
            refusal.extra.as_deref(),
            Some(Extra::Limit { lifted_by: Some(Plan::Enterprise), .. })
        ));
        assert!(Plan::Pro.require(Feature::Deposits).is_ok());
        let refusal = Plan::Free.require(Feature::Deposits).unwrap_err();
        assert_eq!(refusal.code, Code::PlanFeatureMissing);
    }

    #[test]
    fn a_warning_is_due_once_at_four_fifths_and_once_at_the_end() {
        for (max, near, full) in
            [(50, Some(40), 50), (5, Some(4), 5), (3, None, 3), (1, None, 1), (101, Some(81), 101)]
        {
            let due: Vec<_> =
                (1..=max).filter_map(|used| warning_at(max, used).map(|percent| (used, percent))).collect();
            let wanted: Vec<_> = near.map(|near| (near, 80)).into_iter().chain([(full, 100)]).collect();
            assert_eq!(due, wanted, "of {max}");
        }
        for (before, used, warning) in [
            (0, 39, None),
            (0, 40, Some(80)),
            (39, 49, Some(80)),
            (40, 49, None),
            (39, 51, Some(100)),
            (50, 90, None),
        ] {
            assert_eq!(warning_between(50, before, used), warning, "{before} to {used}");
        }
        assert!(has_come_to(50, 41, 80) && !has_come_to(50, 39, 80) && !has_come_to(50, 49, 100));
        assert_eq!(Plan::Free.lifted_by(Limit::BookingsPerMonth), Some(Plan::Pro));
        assert_eq!(Plan::Pro.lifted_by(Limit::BookingsPerMonth), None);
        assert_eq!(Plan::Enterprise.lifted_by(Limit::Members), None);
    }

    #[test]
    fn a_smaller_plan_keeps_the_log_as_it_was_for_a_while() {
        let now: DateTime<Utc> = "2026-11-30T10:00:00Z".parse().unwrap();
        let days = |days| now - TimeDelta::days(days);
        for (plan, downgraded, kept) in [
            (Plan::Free, None, 7),
            (Plan::Pro, None, 90),
            (Plan::Enterprise, None, 730),
            (Plan::Free, Some(89), 730),
            (Plan::Free, Some(90), 7),
        ] {
            assert_eq!(
                audit_kept_from(plan, downgraded.map(days), now),
                days(kept),
                "{plan:?} {downgraded:?}"
            );
        }
    }

    #[test]
    fn a_month_is_the_tenants_own() {
        let now = "2026-11-30T23:30:00Z".parse().unwrap();
        assert_eq!(month_of(now, Tz::Europe__Paris).to_string(), "2026-12-01");
        assert_eq!(month_of(now, Tz::America__New_York).to_string(), "2026-11-01");
        assert_eq!(
            month_resets_at(month_of(now, Tz::Europe__Paris), Tz::Europe__Paris).unwrap().to_rfc3339(),
            "2026-12-31T23:00:00+00:00"
        );
    }
}
