//! How named values are kept in PostgreSQL: as text, by their names.

/// Keeps an enum with `name` and `from_name` as text.
macro_rules! text {
    ($name:ident) => {
        #[cfg(feature = "diesel")]
        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                std::io::Write::write_all(out, self.name().as_bytes())?;
                Ok(diesel::serialize::IsNull::No)
            }
        }

        #[cfg(feature = "diesel")]
        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                let name = str::from_utf8(bytes.as_bytes())?;
                Self::from_name(name).ok_or_else(|| format!("{name} is no {}", stringify!($name)).into())
            }
        }
    };
}
pub(crate) use text;
