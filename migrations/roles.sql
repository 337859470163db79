-- The roles of a deployment, made by whoever may create roles before the first migration. Runs every time: each
-- statement is a no-op where the role stands. None of them owns a table, is superuser, or bypasses row-level security,
-- but for harmony_owner, which owns all tables and only migrates and backs up.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['harmony_owner', 'harmony_app', 'harmony_identity', 'harmony_system', 'harmony_signup'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another migration made it meanwhile
      END;
    END IF;
  END LOOP;
  -- Sign-up writes global and tenant rows in one transaction; nothing else is a member of both.
  IF NOT pg_has_role('harmony_signup', 'harmony_app', 'member') THEN
    GRANT harmony_app, harmony_identity TO harmony_signup;
  END IF;
  -- Its statements are prepared, name the tenant, and have one good plan each. Left to itself, PostgreSQL plans those with
  -- an array anew each time, which costs more than running them.
  IF NOT EXISTS (SELECT FROM pg_db_role_setting WHERE setrole = 'harmony_app'::regrole AND setdatabase = 0
      AND 'plan_cache_mode=force_generic_plan' = ANY (setconfig)) THEN
    BEGIN
      ALTER ROLE harmony_app SET plan_cache_mode = force_generic_plan;
    EXCEPTION WHEN internal_error OR unique_violation THEN NULL; -- another migration sets it meanwhile
    END;
  END IF;
END $$;
