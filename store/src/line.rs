//! Lines: what is done one after the other, whoever does it.

use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

use crate::TenantTx;
use crate::error::Result;

/// Waits until nobody else of the tenant stands in that line by [`up`]; any number may be beside it at once, and whoever comes
/// by [`up`] waits for them.
pub(crate) async fn beside(tx: &TenantTx, line: &str) -> Result<()> {
    let lock = diesel::sql_query("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))");
    lock.bind::<Text, _>(format!("{line} {}", tx.tenant())).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Waits until nobody else of the tenant stands in that line; who does leaves it when they commit.
pub(crate) async fn up(tx: &TenantTx, line: &str) -> Result<()> {
    let lock = diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))");
    lock.bind::<Text, _>(format!("{line} {}", tx.tenant())).execute(&mut tx.conn()).await?;
    Ok(())
}
