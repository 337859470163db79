// @generated automatically by Diesel CLI.

diesel::table! {
    account_events (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        user_agent -> Nullable<Text>,
        ip -> Nullable<Text>,
        occurred_at -> Timestamptz,
    }
}

diesel::table! {
    allocations (tenant_id, owner_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        resource_id -> Uuid,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        during -> Tstzrange,
        owner_kind -> Text,
        owner_id -> Uuid,
        counted_at -> Nullable<Timestamptz>,
        released_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    api_keys (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        prefix -> Text,
        key_hash -> Bytea,
        scopes -> Array<Text>,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        expires_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_events (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid>,
        action -> Text,
        subject_kind -> Text,
        subject_id -> Nullable<Uuid>,
        before -> Nullable<Jsonb>,
        after -> Nullable<Jsonb>,
        ip -> Nullable<Text>,
        reason -> Nullable<Text>,
        request_id -> Nullable<Text>,
        occurred_at -> Timestamptz,
    }
}

diesel::table! {
    blocked_contacts (tenant_id, contact_key, customer_id) {
        tenant_id -> Uuid,
        contact_key -> Text,
        customer_id -> Uuid,
    }
}

diesel::table! {
    booking_series (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        service_id -> Uuid,
        recurrence -> Text,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    booking_terms (tenant_id, booking_id, term) {
        tenant_id -> Uuid,
        booking_id -> Uuid,
        term -> Text,
    }
}

diesel::table! {
    bookings (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        public_code -> Text,
        status -> Text,
        service_id -> Uuid,
        staff_id -> Uuid,
        room_id -> Nullable<Uuid>,
        group_session_id -> Nullable<Uuid>,
        series_id -> Nullable<Uuid>,
        visit_id -> Nullable<Uuid>,
        seats -> Int4,
        customer_id -> Uuid,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        timezone -> Text,
        service_name -> Text,
        told_name -> Nullable<Text>,
        duration_minutes -> Int4,
        buffer_before_minutes -> Int4,
        buffer_after_minutes -> Int4,
        price_cents -> Int8,
        deposit_cents -> Int8,
        currency -> Text,
        contact_name -> Text,
        contact_email -> Text,
        contact_email_key -> Text,
        contact_phone -> Nullable<Text>,
        locale -> Text,
        customer_timezone -> Nullable<Text>,
        notify_email -> Bool,
        notify_sms -> Bool,
        terms_accepted_at -> Nullable<Timestamptz>,
        marketing_accepted_at -> Nullable<Timestamptz>,
        address -> Nullable<Text>,
        note -> Nullable<Text>,
        internal_note -> Nullable<Text>,
        assigned -> Nullable<Jsonb>,
        answers -> Nullable<Jsonb>,
        held_until -> Nullable<Timestamptz>,
        agreed_at -> Nullable<Timestamptz>,
        deposit_paid_at -> Nullable<Timestamptz>,
        policy -> Jsonb,
        fee_cents -> Int8,
        sequence -> Int4,
        cancelled_at -> Nullable<Timestamptz>,
        cancellation_reason -> Nullable<Text>,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    busy_blocks (tenant_id, private_event_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        private_event_id -> Uuid,
        staff_id -> Uuid,
        occurrence -> Timestamp,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        occurs_from -> Timestamptz,
        occurs_until -> Timestamptz,
    }
}

diesel::table! {
    calendar_feeds (tenant_id, staff_id) {
        tenant_id -> Uuid,
        staff_id -> Uuid,
        token_hash -> Bytea,
        shows_details -> Bool,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    closures (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        staff_id -> Nullable<Uuid>,
        starts_on -> Date,
        ends_on -> Date,
        reason -> Nullable<Text>,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    credentials (user_id) {
        user_id -> Uuid,
        password_hash -> Text,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    consents (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        kind -> Text,
        is_given -> Bool,
        source -> Text,
        subject_id -> Nullable<Uuid>,
        recorded_by -> Nullable<Uuid>,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    customer_addresses (tenant_id, email_key) {
        tenant_id -> Uuid,
        email_key -> Text,
        customer_id -> Uuid,
    }
}

diesel::table! {
    customer_blocks (tenant_id, customer_id) {
        tenant_id -> Uuid,
        customer_id -> Uuid,
        reason -> Nullable<Text>,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    customer_import_flaws (tenant_id, import_id, line, field) {
        tenant_id -> Uuid,
        import_id -> Uuid,
        line -> Int4,
        field -> Text,
        code -> Text,
        value -> Text,
    }
}

diesel::table! {
    customer_imports (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        state -> Text,
        file_name -> Text,
        encoding -> Text,
        delimiter -> Text,
        header -> Jsonb,
        fields -> Jsonb,
        known -> Text,
        total -> Int4,
        done -> Int4,
        made -> Int4,
        updated -> Int4,
        skipped -> Int4,
        refused -> Int4,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    customer_keys (tenant_id, customer_id) {
        tenant_id -> Uuid,
        customer_id -> Uuid,
        key -> Bytea,
    }
}

diesel::table! {
    customer_merges (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        kept_id -> Uuid,
        merged_at -> Timestamptz,
        merged_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    customer_sessions (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        customer_id -> Uuid,
        token_hash -> Bytea,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    customer_sign_ins (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        email_key -> Text,
        created_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    customer_tags (tenant_id, customer_id, tag_key) {
        tenant_id -> Uuid,
        customer_id -> Uuid,
        tag_key -> Text,
        name -> Text,
    }
}

diesel::table! {
    customer_terms (tenant_id, customer_id, term) {
        tenant_id -> Uuid,
        customer_id -> Uuid,
        term -> Text,
    }
}

diesel::table! {
    customers (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        name_key -> Text,
        email -> Text,
        email_key -> Text,
        phone_e164 -> Nullable<Text>,
        locale -> Text,
        note -> Nullable<Text>,
        erased_at -> Nullable<Timestamptz>,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    documents (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        subject_id -> Uuid,
        sequence -> Int4,
        path -> Text,
        content_type -> Text,
        size_bytes -> Int8,
        sha256 -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    domain_events (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        subject -> Uuid,
        version -> Int8,
        occurred_at -> Timestamptz,
        data -> Jsonb,
        tx -> Int8,
    }
}

diesel::table! {
    email_changes (id) {
        id -> Uuid,
        user_id -> Uuid,
        old_email -> Text,
        old_email_key -> Text,
        email -> Text,
        email_key -> Text,
        created_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
        undone_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    group_sessions (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        service_id -> Uuid,
        staff_id -> Uuid,
        room_id -> Nullable<Uuid>,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        capacity -> Int4,
        seats_taken -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (tenant_id, scope, key) {
        tenant_id -> Uuid,
        scope -> Text,
        key -> Text,
        request_hash -> Bytea,
        status -> Int2,
        response -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    identities (id) {
        id -> Uuid,
        user_id -> Uuid,
        provider -> Nullable<Text>,
        tenant_id -> Nullable<Uuid>,
        issuer -> Text,
        subject -> Text,
        email -> Text,
        created_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    identity_offers (browser_hash) {
        browser_hash -> Bytea,
        provider -> Nullable<Text>,
        tenant_id -> Nullable<Uuid>,
        issuer -> Text,
        subject -> Text,
        email -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    images (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        format -> Text,
        width -> Int4,
        height -> Int4,
        size_bytes -> Int8,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    intake_files (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        question_id -> Uuid,
        booking_id -> Nullable<Uuid>,
        name -> Text,
        kind -> Text,
        size_bytes -> Int8,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    invitations (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        email -> Text,
        email_key -> Text,
        role -> Text,
        created_at -> Timestamptz,
        created_by -> Uuid,
        expires_at -> Timestamptz,
        accepted_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    job_minutes (queue, minute, kind) {
        queue -> Text,
        kind -> Text,
        minute -> Timestamptz,
        done -> Int4,
        dropped -> Int4,
        again -> Int4,
        dead -> Int4,
        waited -> Array<Nullable<Int4>>,
        ran -> Array<Nullable<Int4>>,
    }
}

diesel::table! {
    job_progress (tenant_id, job_id) {
        tenant_id -> Uuid,
        job_id -> Uuid,
        kind -> Text,
        done -> Int4,
        total -> Nullable<Int4>,
        started_at -> Timestamptz,
        updated_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    jobs (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        run_at -> Timestamptz,
        lease_until -> Timestamptz,
        priority -> Int2,
        attempt -> Int2,
        deliveries -> Int2,
        apart -> Int2,
        state -> Text,
        queue -> Text,
        kind -> Text,
        payload -> Json,
        last_error -> Nullable<Text>,
        failures -> Nullable<Jsonb>,
        dedup_key -> Nullable<Text>,
        trace -> Nullable<Text>,
    }
}

diesel::table! {
    memberships (tenant_id, user_id) {
        tenant_id -> Uuid,
        user_id -> Uuid,
        role -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    messages (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        subject_id -> Uuid,
        kind -> Text,
        channel -> Text,
        audience -> Text,
        sequence -> Int4,
        recipient -> Text,
        status -> Text,
        provider -> Text,
        error -> Nullable<Text>,
        created_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    openings (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        staff_id -> Nullable<Uuid>,
        date -> Date,
        start_minute -> Int2,
        end_minute -> Int2,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    passkey_challenges (token_hash) {
        token_hash -> Bytea,
        user_id -> Nullable<Uuid>,
        state -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    passkeys (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        name -> Text,
        credential_id -> Bytea,
        credential -> Jsonb,
        alone -> Bool,
        created_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    password_resets (id) {
        id -> Uuid,
        user_id -> Uuid,
        created_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    private_events (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        staff_id -> Uuid,
        title -> Text,
        note -> Nullable<Text>,
        timezone -> Text,
        all_day -> Bool,
        starts_at_wall -> Timestamp,
        ends_at_wall -> Timestamp,
        recurrence -> Nullable<Text>,
        added -> Array<Nullable<Timestamp>>,
        left_out -> Array<Nullable<Timestamp>>,
        series_id -> Nullable<Uuid>,
        stands_for -> Nullable<Timestamp>,
        external_uid -> Nullable<Text>,
        unfolded_until -> Nullable<Timestamptz>,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    queue_settings (queue) {
        queue -> Text,
        paused_at -> Nullable<Timestamptz>,
        per_tenant -> Nullable<Int4>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    recovery_codes (user_id, code_hash) {
        user_id -> Uuid,
        code_hash -> Bytea,
        created_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Bytea,
        session_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    rooms (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        position -> Int4,
        schedule_version -> Int8,
        archived_at -> Nullable<Timestamptz>,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    schedule_ticks (name) {
        name -> Text,
        last_tick -> Timestamptz,
    }
}

diesel::table! {
    service_questions (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        service_id -> Uuid,
        position -> Int4,
        kind -> Text,
        label -> Text,
        help -> Nullable<Text>,
        is_required -> Bool,
        is_active -> Bool,
        options -> Array<Text>,
        translations -> Jsonb,
        min_thousandths -> Nullable<Int8>,
        max_thousandths -> Nullable<Int8>,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    service_rooms (tenant_id, service_id, room_id) {
        tenant_id -> Uuid,
        service_id -> Uuid,
        room_id -> Uuid,
    }
}

diesel::table! {
    service_staff (tenant_id, service_id, staff_id) {
        tenant_id -> Uuid,
        service_id -> Uuid,
        staff_id -> Uuid,
    }
}

diesel::table! {
    services (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        category -> Nullable<Text>,
        description -> Nullable<Text>,
        translations -> Jsonb,
        image_id -> Nullable<Uuid>,
        duration_minutes -> Int4,
        buffer_before_minutes -> Int4,
        buffer_after_minutes -> Int4,
        location -> Text,
        travel_minutes -> Int4,
        price_cents -> Int8,
        deposit_basis_points -> Int4,
        capacity -> Int4,
        min_notice_minutes -> Int4,
        horizon_days -> Int4,
        bookable_until -> Nullable<Date>,
        slot_step_minutes -> Nullable<Int4>,
        auto_confirm -> Bool,
        is_active -> Bool,
        is_collective -> Bool,
        position -> Int4,
        archived_at -> Nullable<Timestamptz>,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        tenant_id -> Nullable<Uuid>,
        token_hash -> Nullable<Bytea>,
        user_agent -> Nullable<Text>,
        ip -> Nullable<Text>,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        tenant_only -> Bool,
        support_reason -> Nullable<Text>,
    }
}

diesel::table! {
    setup_steps (tenant_id, step) {
        tenant_id -> Uuid,
        step -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    sign_in_attempts (state_hash) {
        state_hash -> Bytea,
        browser_hash -> Bytea,
        provider -> Nullable<Text>,
        tenant_id -> Nullable<Uuid>,
        nonce -> Text,
        verifier -> Text,
        next -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    sso_connections (tenant_id) {
        tenant_id -> Uuid,
        issuer -> Text,
        client_id -> Text,
        sealed_secret -> Bytea,
        domains -> Array<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    staff (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        email -> Nullable<Text>,
        user_id -> Nullable<Uuid>,
        timezone -> Nullable<Text>,
        max_daily_bookings -> Nullable<Int4>,
        weight -> Int4,
        position -> Int4,
        schedule_version -> Int8,
        archived_at -> Nullable<Timestamptz>,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    tenant_access (tenant_id) {
        tenant_id -> Uuid,
        second_factor_required_at -> Nullable<Timestamptz>,
        suspended_at -> Nullable<Timestamptz>,
        suspended_reason -> Nullable<Text>,
    }
}

diesel::table! {
    tenant_directory (slug) {
        slug -> Text,
        tenant_id -> Uuid,
        is_current -> Bool,
        host -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    tenants (tenant_id) {
        tenant_id -> Uuid,
        slug -> Text,
        name -> Text,
        timezone -> Text,
        locale -> Text,
        currency -> Text,
        country -> Text,
        plan -> Text,
        downgraded_at -> Nullable<Timestamptz>,
        forgotten_until -> Nullable<Timestamptz>,
        contact_email -> Nullable<Text>,
        phone_e164 -> Nullable<Text>,
        address -> Nullable<Text>,
        city -> Nullable<Text>,
        about -> Nullable<Text>,
        website_url -> Nullable<Text>,
        instagram_url -> Nullable<Text>,
        legal_name -> Nullable<Text>,
        legal_form -> Nullable<Text>,
        publisher -> Nullable<Text>,
        siret -> Nullable<Text>,
        vat_id -> Nullable<Text>,
        accent_color -> Nullable<Text>,
        logo_image_id -> Nullable<Uuid>,
        cover_image_id -> Nullable<Uuid>,
        code_prefix -> Text,
        default_duration_minutes -> Int4,
        default_break_minutes -> Int4,
        policy -> Jsonb,
        embed_origins -> Array<Text>,
        schedule_version -> Int8,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    totp_secrets (user_id) {
        user_id -> Uuid,
        sealed -> Bytea,
        last_step -> Int8,
        created_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    usage (tenant_id, limit, period_start) {
        tenant_id -> Uuid,
        limit -> Text,
        period_start -> Date,
        used -> Int8,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        email_key -> Text,
        full_name -> Text,
        locale -> Text,
        is_operator -> Bool,
        has_second_factor -> Bool,
        email_verified_at -> Nullable<Timestamptz>,
        last_login_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    waitlist_entries (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        status -> Text,
        service_id -> Uuid,
        staff_id -> Nullable<Uuid>,
        seats -> Int4,
        from_date -> Date,
        to_date -> Date,
        earliest_minute -> Nullable<Int2>,
        latest_minute -> Nullable<Int2>,
        contact_name -> Text,
        contact_email -> Text,
        contact_email_key -> Text,
        contact_phone -> Nullable<Text>,
        locale -> Text,
        address -> Nullable<Text>,
        note -> Nullable<Text>,
        booking_id -> Nullable<Uuid>,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    weekly_rules (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        staff_id -> Nullable<Uuid>,
        service_id -> Nullable<Uuid>,
        effective_from -> Nullable<Date>,
        weekday -> Int2,
        start_minute -> Int2,
        end_minute -> Int2,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    workers (id) {
        id -> Uuid,
        queue -> Text,
        host -> Text,
        version -> Text,
        places -> Int4,
        running -> Int4,
        started_at -> Timestamptz,
        seen_at -> Timestamptz,
    }
}

diesel::joinable!(api_keys -> tenants (tenant_id));
diesel::joinable!(bookings -> tenants (tenant_id));
diesel::joinable!(credentials -> users (user_id));
diesel::joinable!(customer_imports -> tenants (tenant_id));
diesel::joinable!(customer_sign_ins -> tenants (tenant_id));
diesel::joinable!(customers -> tenants (tenant_id));
diesel::joinable!(group_sessions -> tenants (tenant_id));
diesel::joinable!(intake_files -> tenants (tenant_id));
diesel::joinable!(memberships -> users (user_id));
diesel::joinable!(passkey_challenges -> users (user_id));
diesel::joinable!(passkeys -> users (user_id));
diesel::joinable!(password_resets -> users (user_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(services -> tenants (tenant_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(setup_steps -> tenants (tenant_id));
diesel::joinable!(sso_connections -> tenants (tenant_id));
diesel::joinable!(staff -> tenants (tenant_id));
diesel::joinable!(staff -> users (user_id));

diesel::allow_tables_to_appear_in_same_query!(
    account_events,
    allocations,
    api_keys,
    audit_events,
    blocked_contacts,
    booking_series,
    booking_terms,
    bookings,
    busy_blocks,
    calendar_feeds,
    closures,
    consents,
    credentials,
    customer_addresses,
    customer_blocks,
    customer_import_flaws,
    customer_imports,
    customer_keys,
    customer_merges,
    customer_sessions,
    customer_sign_ins,
    customer_tags,
    customer_terms,
    customers,
    documents,
    domain_events,
    email_changes,
    group_sessions,
    idempotency_keys,
    identities,
    identity_offers,
    images,
    intake_files,
    invitations,
    job_minutes,
    job_progress,
    jobs,
    memberships,
    messages,
    openings,
    passkey_challenges,
    passkeys,
    password_resets,
    private_events,
    queue_settings,
    recovery_codes,
    refresh_tokens,
    rooms,
    schedule_ticks,
    service_questions,
    service_rooms,
    service_staff,
    services,
    sessions,
    setup_steps,
    sign_in_attempts,
    sso_connections,
    staff,
    tenant_access,
    tenant_directory,
    tenants,
    totp_secrets,
    usage,
    users,
    waitlist_entries,
    weekly_rules,
    workers,
);
