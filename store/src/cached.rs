//! SQL that is prepared once per connection.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

/// A query with its binds, kept as a prepared statement. Diesel does not keep a `sql_query`, an UPDATE, a DO UPDATE or
/// an insert whose `None`s stand for defaults (hence `treat_none_as_default_value = false` wherever there is
/// `Insertable`): it can't know whether the text differs each time. Each unkept one costs a round trip more, for itself
/// and for what travels behind it, and is planned anew.
#[derive(Clone, Copy, Debug)]
#[must_use = "a query does nothing until it is executed or loaded"]
pub struct Cached<Q>(Q);

/// Only for text that is the same each time: what varies is bound, or every connection's cache grows without end.
pub fn cached<Q>(query: Q) -> Cached<Q> {
    Cached(query)
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Cached<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Cached<Q> {
    type QueryId = ();

    // The text is the key.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Cached<Q> {
    type SqlType = Q::SqlType;
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::sql_types::{BigInt, Text};
    use diesel::{QueryableByName, sql_query};
    use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }

    #[tokio::test]
    async fn cached_text_is_prepared_once_and_other_text_is_not_kept() {
        #[expect(clippy::disallowed_methods, reason = "tests have no command line")]
        let url = std::env::var("TEST_DATABASE_URL")
            .expect("TEST_DATABASE_URL is not set: `make test` sets it, and starts what it names");
        let mut conn = AsyncPgConnection::establish(&url).await.unwrap();
        for n in 1..=3 {
            let kept = "SELECT $1 AS count -- kept";
            let row: Count =
                cached(sql_query(kept).bind::<BigInt, _>(n)).get_result(&mut conn).await.unwrap();
            assert_eq!(row.count, n);
            let row: Count = sql_query("SELECT $1 AS count -- anew")
                .bind::<BigInt, _>(n)
                .get_result(&mut conn)
                .await
                .unwrap();
            assert_eq!(row.count, n);
        }
        for (text, prepared) in [("%-- kept", 1), ("%-- anew", 0)] {
            let held = "SELECT count(*) AS count FROM pg_prepared_statements WHERE statement LIKE $1";
            let row: Count = sql_query(held).bind::<Text, _>(text).get_result(&mut conn).await.unwrap();
            assert_eq!(row.count, prepared, "{text}");
        }
    }
}
