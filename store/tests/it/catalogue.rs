//! What PostgreSQL's own catalogue says of the schema: rules that no table may break, now or later.

use std::collections::BTreeSet;

use domain::privacy::REGISTRY;
use testkit::Database;
use tokio_postgres::Client;

/// Tables that name a tenant and are global all the same: only the identity's role reaches them.
const GLOBAL_WITH_TENANT: [&str; 7] = [
    "identities",
    "identity_offers",
    "memberships",
    "sessions",
    "sign_in_attempts",
    "tenant_access",
    "tenant_directory",
];
/// Tables that belong to no tenant.
const GLOBAL: [&str; 15] = [
    "account_events",
    "credentials",
    "email_changes",
    "job_minutes",
    "passkey_challenges",
    "passkeys",
    "password_resets",
    "queue_settings",
    "recovery_codes",
    "refresh_tokens",
    "schedule_ticks",
    "schema_migrations",
    "totp_secrets",
    "users",
    "workers",
];
/// The roles that processes run as.
const RUNTIME: [&str; 4] = ["harmony_app", "harmony_identity", "harmony_signup", "harmony_system"];

async fn texts(admin: &Client, sql: &str) -> Vec<String> {
    admin.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

async fn tables(admin: &Client) -> Vec<String> {
    let sql = "SELECT relname::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1";
    texts(admin, sql).await
}

/// Tables with a column `tenant_id`, but for the named ones.
async fn tables_of_tenants(admin: &Client) -> Vec<String> {
    let sql = "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'tenant_id'
        ORDER BY 1";
    let mut tables = texts(admin, sql).await;
    tables.retain(|table| !GLOBAL_WITH_TENANT.contains(&table.as_str()));
    tables
}

#[tokio::test]
async fn every_table_is_a_tenants_or_on_the_list() {
    let database = Database::create().await;
    let admin = database.admin().await;
    let tables: BTreeSet<String> = tables(&admin).await.into_iter().collect();
    let tenants: BTreeSet<String> = tables_of_tenants(&admin).await.into_iter().collect();
    let listed = GLOBAL.into_iter().chain(GLOBAL_WITH_TENANT).map(str::to_owned).collect();
    assert_eq!(tables.difference(&tenants).cloned().collect::<BTreeSet<_>>(), listed);
}

#[tokio::test]
async fn every_tenants_table_is_protected_and_keyed_by_the_tenant() {
    let database = Database::create().await;
    let admin = database.admin().await;
    for table in tables_of_tenants(&admin).await {
        let sql = "SELECT c.relrowsecurity,
              (SELECT attnotnull FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id'),
              (SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = c.oid AND i.indisprimary),
              ARRAY(SELECT policyname || ' ' || roles::text || ' ' || permissive || ' ' || cmd || ' ' || coalesce(qual, '')
                  || ' ' || coalesce(with_check, '') FROM pg_policies WHERE tablename = c.relname ORDER BY policyname)
            FROM pg_class c WHERE c.oid = $1::text::regclass";
        let row = admin.query_one(sql, &[&table]).await.unwrap();
        assert!(row.get::<_, bool>(0), "{table} has no row-level security");
        assert!(row.get::<_, bool>(1), "{table}.tenant_id may be NULL");
        assert_eq!(row.get::<_, Option<&str>>(2), Some("tenant_id"), "the primary key of {table}");
        let policies: Vec<String> = row.get(3);
        let own = "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)";
        let tenant = format!("tenant {{harmony_app}} PERMISSIVE ALL {own} {own}");
        assert!(policies.contains(&tenant), "{table}: {policies:?}");
        // Policies are joined by OR: one more for the app would open the table.
        for other in policies.iter().filter(|policy| **policy != tenant) {
            assert!(other.starts_with("system {harmony_system} "), "{table}: {other}");
        }
    }
}

#[tokio::test]
async fn unique_keys_of_tenants_begin_with_the_tenant() {
    let database = Database::create().await;
    let admin = database.admin().await;
    let sql = "SELECT i.indexrelid::regclass || ' on ' || c.relname FROM pg_index i
        JOIN pg_class c ON c.oid = i.indrelid
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE c.relnamespace = 'public'::regnamespace AND (i.indisunique OR i.indisexclusion) AND c.relrowsecurity
          AND a.attname IS DISTINCT FROM 'tenant_id'";
    assert_eq!(texts(&admin, sql).await, Vec::<String>::new());
}

#[tokio::test]
async fn no_row_points_to_another_tenants_row() {
    let database = Database::create().await;
    let admin = database.admin().await;
    // For each foreign key between tables of tenants: is tenant_id paired with tenant_id?
    let sql = "SELECT k.conname || ' of ' || c.relname FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
        WHERE k.contype = 'f' AND c.relrowsecurity AND f.relrowsecurity AND NOT EXISTS (
          SELECT FROM unnest(k.conkey, k.confkey) pair(own, theirs)
          JOIN pg_attribute o ON o.attrelid = k.conrelid AND o.attnum = pair.own AND o.attname = 'tenant_id'
          JOIN pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = pair.theirs AND t.attname = 'tenant_id')
        UNION ALL
        SELECT k.conname || ' points from a global table to ' || f.relname FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
        WHERE k.contype = 'f' AND NOT c.relrowsecurity AND f.relrowsecurity";
    assert_eq!(texts(&admin, sql).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_registry_of_personal_data_knows_every_table_and_column() {
    let database = Database::create().await;
    let admin = database.admin().await;
    let mut tables = tables(&admin).await;
    tables.retain(|table| table != "schema_migrations");
    let registered: Vec<&str> = REGISTRY.iter().map(|line| line.table).collect();
    assert_eq!(registered, tables);
    for line in REGISTRY {
        let sql = "SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0";
        let columns: Vec<String> = admin.query_one(sql, &[&line.table]).await.unwrap().get(0);
        for column in line.columns {
            assert!(columns.iter().any(|name| name == column), "{}.{column}", line.table);
        }
    }
    // A column of one of these names is personal wherever it is.
    let sql = "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
          AND a.attname ~ '(email$|email_key|phone|full_name|address|^ip$|user_agent|^note$|reason$|recipient)' ORDER BY 1";
    for column in texts(&admin, sql).await {
        let (table, column) = column.split_once('.').unwrap();
        // Whether a mail is wanted, and when an address was proven, is no address.
        let line = REGISTRY.iter().find(|line| line.table == table).unwrap();
        let is_no_address = column == "notify_email";
        assert!(is_no_address || line.columns.contains(&column), "{table}.{column} is not registered");
    }
}

/// What a table says of a duplicate would go with them, or keep two customers from being one.
#[tokio::test]
async fn a_merge_knows_every_table_that_points_to_customers() {
    let database = Database::create().await;
    let sql = "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint
        WHERE contype = 'f' AND confrelid = 'customers'::regclass ORDER BY 1";
    assert_eq!(texts(&database.admin().await, sql).await, store::customers::merges::POINTING);
}

#[tokio::test]
async fn no_runtime_role_owns_a_table_or_stands_above_the_rules() {
    let database = Database::create().await;
    let admin = database.admin().await;
    let owners = "SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(texts(&admin, owners).await, ["harmony_owner"]);
    for role in RUNTIME {
        let sql = "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication
            OR pg_has_role($1, 'harmony_owner', 'MEMBER') OR has_schema_privilege($1, 'public', 'CREATE')
            FROM pg_roles WHERE rolname = $1";
        assert!(!admin.query_one(sql, &[&role]).await.unwrap().get::<_, bool>(0), "{role}");
    }
}

/// Reviewed as a whole: a grant that is not here was not decided.
#[tokio::test]
async fn privileges_are_these() {
    let database = Database::create().await;
    let admin = database.admin().await;
    let sql = "SELECT rpad(c.relname, 18) || ' ' || substr(g.grantee::text, 9) || ': '
          || string_agg(lower(g.privilege_type), ', ' ORDER BY g.privilege_type)
        FROM information_schema.role_table_grants g JOIN pg_class c ON c.relname = g.table_name
        WHERE g.table_schema = 'public' AND c.relnamespace = 'public'::regnamespace AND g.grantee <> 'harmony_owner'
        GROUP BY c.relname, g.grantee ORDER BY c.relname, g.grantee";
    insta::assert_snapshot!(texts(&admin, sql).await.join("\n"));
    let app = database.connect_as("harmony_app").await;
    for table in GLOBAL.into_iter().chain(GLOBAL_WITH_TENANT) {
        let refused = app.query(&format!("SELECT FROM {table}"), &[]).await;
        assert!(refused.is_err(), "harmony_app reads {table}");
    }
    let functions = "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 1";
    let functions = texts(&admin, functions).await;
    // Each is one role's.
    let known = [
        ("account_event(uuid,uuid)", "harmony_app"),
        ("email_change(uuid,uuid)", "harmony_app"),
        ("member_contact(uuid)", "harmony_app"),
        ("owner_contacts()", "harmony_app"),
        ("remove_unused_users(timestamp with time zone)", "harmony_system"),
    ];
    assert_eq!(functions, known.map(|(function, _role)| function));
    for (function, role) in known {
        let sql = format!(
            "SELECT r FROM unnest(ARRAY['harmony_app', 'harmony_identity', 'harmony_system']) r
            WHERE has_function_privilege(r, '{function}', 'EXECUTE')"
        );
        assert_eq!(texts(&admin, &sql).await, [role], "{function}");
    }
}

/// What a new key could not seal would be lost with the old one.
#[tokio::test]
async fn every_sealed_value_is_known_to_whoever_changes_the_key() {
    let database = Database::create().await;
    let sql = "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname ~ '^sealed' ORDER BY 1";
    let known = store::resealing::SEALED.map(|one| format!("{}.{}", one.table, one.column));
    assert_eq!(texts(&database.admin().await, sql).await, known);
}
