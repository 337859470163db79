//! Rooms, chairs, machines: what a service takes beside somebody's time.

use crate::rejection::{Fields, Rejection};
use crate::text;

/// A room as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomDraft {
    pub name: String,
}

impl RoomDraft {
    pub fn checked(mut self) -> Result<Self, Rejection> {
        let mut fields = Fields::default();
        self.name = fields.take("/name", text::name(&self.name)).unwrap_or_default();
        fields.finish()?;
        Ok(self)
    }
}
