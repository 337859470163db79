//! SQL text that is prepared once per connection.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Untyped;

/// A `sql_query` with its binds, kept as a prepared statement. Diesel does not keep those by itself: it can't know
/// whether the text differs each time, and each unkept one costs a round trip more.
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

impl<Q> Query for Cached<Q> {
    type SqlType = Untyped;
}
