//! How the values of hours look in the `OpenAPI` document.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{TimeOfDay, Weekday, WeeklyRange, WeeklyRangeBody};

impl ToSchema for TimeOfDay {}

impl PartialSchema for TimeOfDay {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))
            .description(Some("A wall time as `HH:MM`; `24:00` only as an end."))
            .into()
    }
}

impl ToSchema for Weekday {}

impl PartialSchema for Weekday {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(7))
            .description(Some("ISO 8601: 1 = Monday … 7 = Sunday."))
            .into()
    }
}

impl ToSchema for WeeklyRange {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        WeeklyRangeBody::schemas(schemas);
    }
}

impl PartialSchema for WeeklyRange {
    fn schema() -> RefOr<Schema> {
        WeeklyRangeBody::schema()
    }
}
