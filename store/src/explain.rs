//! How PostgreSQL would answer a query: for tests of the ones that must stay fast.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

use crate::TenantTx;
use crate::error::Result;

#[derive(Clone, Copy, Debug, QueryId)]
struct Explained<Q>(Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Explained<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("EXPLAIN (COSTS OFF) ");
        self.0.walk_ast(pass)
    }
}

impl<Q> Query for Explained<Q> {
    type SqlType = Text;
}

/// The plan, a line each.
pub(crate) async fn explain(
    tx: &TenantTx,
    query: impl QueryFragment<Pg> + QueryId + Send,
) -> Result<Vec<String>> {
    Ok(Explained(query).load(&mut tx.conn()).await?)
}
