//! How far back one looks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::console::Span;
use utoipa::ToSchema;

/// How far back one looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Range {
    /// By the minute.
    #[default]
    #[serde(rename = "1h")]
    Hour,
    /// By the quarter of an hour.
    #[serde(rename = "24h")]
    Day,
    /// By two hours.
    #[serde(rename = "7d")]
    Week,
}

impl Range {
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|range| range.name() == name)
    }

    pub fn span(self, now: DateTime<Utc>) -> Span {
        match self {
            Self::Hour => Span::until(now, 1, 60),
            Self::Day => Span::until(now, 15, 96),
            Self::Week => Span::until(now, 120, 84),
        }
    }
}
