//! Secrets of others that are kept sealed, so that a new key of the deployment can seal them (see `providers::vault`).

use diesel::sql_types::{BigInt, Binary, Uuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;

use crate::error::{Error, Result};
use crate::{IdentityTx, Store};

/// A table of sealed values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub table: &'static str,
    /// Its primary key, a UUID. The values are in `sealed`.
    pub key: &'static str,
}

/// All of them: a test fails on a column `sealed` that is missing here.
pub const SEALED: [Sealed; 1] = [Sealed { table: "totp_secrets", key: "user_id" }];

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Uuid)]
    id: uuid::Uuid,
    #[diesel(sql_type = Binary)]
    sealed: Vec<u8>,
}

/// Values read at a time.
const BATCH: i64 = 500;

/// Puts what `renew` makes of each value in its place, unless that is nothing; how many. May run twice, and beside
/// everything else: what changes meanwhile stays.
pub async fn renew<E: From<Error>>(
    store: &Store,
    renew: impl Fn(&[u8]) -> std::result::Result<Option<Vec<u8>>, E>,
) -> std::result::Result<usize, E> {
    let mut renewed = 0;
    for of in SEALED {
        let mut after = uuid::Uuid::nil();
        loop {
            let rows = store.identity().statement(async |tx| list(tx, of, after).await).await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            for row in &rows {
                if let Some(sealed) = renew(&row.sealed)? {
                    let put =
                        store.identity().statement(async |tx| replace(tx, of, row, &sealed).await).await?;
                    renewed += usize::from(put);
                }
            }
        }
    }
    Ok(renewed)
}

async fn list(tx: &IdentityTx, of: Sealed, after: uuid::Uuid) -> Result<Vec<Row>> {
    let Sealed { table, key } = of;
    let sql = format!("SELECT {key} AS id, sealed FROM {table} WHERE {key} > $1 ORDER BY {key} LIMIT $2");
    let query = sql_query(sql).bind::<Uuid, _>(after).bind::<BigInt, _>(BATCH);
    Ok(query.load(&mut tx.conn()).await?)
}

/// False: there is another value meanwhile.
async fn replace(tx: &IdentityTx, of: Sealed, row: &Row, renewed: &[u8]) -> Result<bool> {
    let Sealed { table, key } = of;
    let sql = format!("UPDATE {table} SET sealed = $3 WHERE {key} = $1 AND sealed = $2");
    let query = sql_query(sql)
        .bind::<Uuid, _>(row.id)
        .bind::<Binary, _>(row.sealed.as_slice())
        .bind::<Binary, _>(renewed);
    Ok(query.execute(&mut tx.conn()).await? == 1)
}
