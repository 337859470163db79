//! What is known of a user, all of it, for them to read (GDPR, articles 15 and 20).

use diesel::sql_types::{Jsonb, Uuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::id::UserId;
use serde_json::Value;

use crate::IdentityTx;
use crate::cached::cached;
use crate::error::Result;

/// What proves who somebody is, is told as being there and no more.
const DATA: &str = "\
SELECT jsonb_build_object(
  'user', to_jsonb(u) - '{email_key}'::text[],
  'memberships', (SELECT coalesce(jsonb_agg(jsonb_build_object('tenant_id', m.tenant_id, 'slug', d.slug,
    'role', m.role, 'created_at', m.created_at) ORDER BY m.created_at, m.tenant_id), '[]')
    FROM memberships m LEFT JOIN tenant_directory d ON d.tenant_id = m.tenant_id AND d.is_current
    WHERE m.user_id = u.id),
  'sessions', (SELECT coalesce(jsonb_agg(to_jsonb(s) - '{user_id,token_hash}'::text[] ORDER BY s.created_at, s.id), '[]')
    FROM sessions s WHERE s.user_id = u.id),
  'events', (SELECT coalesce(jsonb_agg(to_jsonb(e) - '{user_id}'::text[] ORDER BY e.occurred_at, e.id), '[]')
    FROM account_events e WHERE e.user_id = u.id),
  'email_changes', (SELECT coalesce(jsonb_agg(to_jsonb(c) - '{user_id,old_email_key,email_key}'::text[]
    ORDER BY c.id), '[]') FROM email_changes c WHERE c.user_id = u.id),
  'identities', (SELECT coalesce(jsonb_agg(to_jsonb(i) - '{user_id}'::text[] ORDER BY i.created_at, i.id), '[]')
    FROM identities i WHERE i.user_id = u.id),
  'passkeys', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'created_at', p.created_at,
    'last_used_at', p.last_used_at) ORDER BY p.created_at, p.id), '[]') FROM passkeys p WHERE p.user_id = u.id),
  'recovery_codes', (SELECT count(*) FROM recovery_codes r WHERE r.user_id = u.id)
) AS data
FROM users u WHERE u.id = $1";

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Jsonb)]
    data: Value,
}

/// By kind: `user`, `memberships`, `sessions`, `events`, `email_changes`, `identities`, `passkeys`,
/// `recovery_codes` (how many).
pub async fn of(tx: &IdentityTx, id: UserId) -> Result<Value> {
    let known: Known = cached(sql_query(DATA).bind::<Uuid, _>(id)).get_result(&mut tx.conn()).await?;
    Ok(known.data)
}
