//! How values are kept in PostgreSQL: named ones as text, by their names; others as JSON.

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

/// Keeps a value as JSON.
macro_rules! json {
    ($name:ident $(<$words:ident>)?) => {
        #[cfg(feature = "diesel")]
        impl$(<$words: std::fmt::Debug + serde::Serialize>)? diesel::serialize::ToSql<diesel::sql_types::Jsonb, diesel::pg::Pg>
            for $name$(<$words>)?
        {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                // The first byte is the version of the format: 1.
                std::io::Write::write_all(out, &[1])?;
                serde_json::to_writer(out, self)?;
                Ok(diesel::serialize::IsNull::No)
            }
        }

        #[cfg(feature = "diesel")]
        impl$(<$words: serde::de::DeserializeOwned>)? diesel::deserialize::FromSql<diesel::sql_types::Jsonb, diesel::pg::Pg>
            for $name$(<$words>)?
        {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                match bytes.as_bytes() {
                    [1, json @ ..] => Ok(serde_json::from_slice(json)?),
                    _ => Err("JSON of an unknown format".into()),
                }
            }
        }
    };
}
pub(crate) use {json, text};
