//! The first steps of a new tenant.

/// A step that only itself tells of; whether there is a service is told by the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
pub enum SetupStep {
    /// The weekly hours were looked at and saved.
    Hours,
    /// The public page was looked at.
    Page,
    /// The link was shared.
    Link,
    /// Nobody wants to see the list any more.
    Dismissed,
}
crate::sql::text!(SetupStep);

impl SetupStep {
    pub const ALL: [Self; 4] = [Self::Hours, Self::Page, Self::Link, Self::Dismissed];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Page => "page",
            Self::Link => "link",
            Self::Dismissed => "dismissed",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }
}
