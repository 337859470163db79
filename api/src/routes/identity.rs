//! What whoever signs up or in may call, and what they may do with their own account.

use actix_web::http::Method;
use domain::access::Permission;

use super::{Access, Route, route};
use crate::{api_keys, audit, auth, me, team};

pub(super) fn routes() -> Vec<Route> {
    use Access::Anybody;

    let (get, post, put, patch, delete) =
        (&Method::GET, &Method::POST, &Method::PUT, &Method::PATCH, &Method::DELETE);
    let read = Access::Member(Permission::Read);
    let manages_team = Access::Member(Permission::ManageTeam);
    let keys = Access::Member(Permission::ManageKeys);
    let reads_audit = Access::Member(Permission::ReadAudit);
    vec![
        route(post, "/auth/register", Anybody, auth::register, "Sign up: a user and their tenant")
            .takes::<auth::Register>()
            .replies::<auth::SignedIn>(201),
        route(post, "/auth/login", Anybody, auth::login, "Sign in")
            .takes::<auth::Login>()
            .replies::<auth::SignedIn>(200),
        route(
            post,
            "/auth/passkeys/challenge",
            Anybody,
            auth::ask_for_passkey,
            "Have something for a passkey to sign",
        )
        .replies::<me::passkeys::PasskeyChallenge>(200),
        route(post, "/auth/passkeys", Anybody, auth::login_by_passkey, "Sign in by a passkey alone")
            .takes::<auth::PasskeyLogin>()
            .replies::<auth::SignedIn>(200),
        route(post, "/auth/refresh", Anybody, auth::refresh, "Exchange a refresh token, once")
            .takes::<auth::RefreshToken>()
            .replies::<auth::TokenPair>(200),
        route(post, "/auth/logout", Anybody, auth::logout, "End the session of a refresh token")
            .takes::<auth::RefreshToken>()
            .answers(204),
        route(post, "/auth/verify-email", Anybody, auth::verify_email, "Prove an email address")
            .takes::<auth::VerifyEmail>()
            .answers(204),
        route(
            post,
            "/auth/resend-verification",
            Anybody,
            auth::resend_verification,
            "Ask for another verification mail",
        )
        .takes::<auth::ByEmail>()
        .answers(202),
        route(post, "/auth/forgot-password", Anybody, auth::forgot_password, "Ask for a new password")
            .takes::<auth::ByEmail>()
            .answers(202),
        route(post, "/auth/reset-password", Anybody, auth::reset_password, "Choose a new password, once")
            .takes::<auth::ResetPassword>()
            .answers(204),
        route(
            post,
            "/auth/confirm-email",
            Anybody,
            me::confirm_email,
            "Prove the address that one wants to have",
        )
        .takes::<me::ByToken>()
        .answers(204),
        route(
            post,
            "/auth/undo-email",
            Anybody,
            me::undo_email,
            "Undo a change of address that is not one's own",
        )
        .takes::<me::ByToken>()
        .answers(204),
        route(
            post,
            "/auth/accept-invitation",
            Anybody,
            team::join,
            "Become a member, with an account that is made",
        )
        .takes::<team::JoinByInvitation>()
        .replies::<auth::SignedIn>(201),
        route(get, "/slug-available", Anybody, auth::slug_available, "Whether a public address is free")
            .asks::<auth::SlugQuestion>()
            .replies::<auth::SlugAnswer>(200),
        route(post, "/auth/2fa/enable", read, me::second_factor::enable, "Give an app a secret for codes")
            .takes::<me::second_factor::EnableSecondFactor>()
            .replies::<me::second_factor::TotpOfferView>(200),
        route(
            post,
            "/auth/2fa/verify",
            read,
            me::second_factor::verify,
            "Turn two-factor sign-in on by the first code",
        )
        .takes::<me::second_factor::SecondFactorCode>()
        .replies::<me::second_factor::RecoveryCodesView>(200),
        route(
            post,
            "/auth/2fa/recovery-codes",
            read,
            me::second_factor::renew_codes,
            "Have other recovery codes",
        )
        .takes::<me::second_factor::SecondFactorCode>()
        .replies::<me::second_factor::RecoveryCodesView>(200),
        route(delete, "/auth/2fa", read, me::second_factor::destroy, "Turn two-factor sign-in off")
            .takes::<me::second_factor::SecondFactorCode>()
            .answers(204),
        route(
            post,
            "/me/invitations",
            read,
            team::accept,
            "Become a member of another tenant by its invitation",
        )
        .takes::<team::AcceptInvitation>()
        .replies::<auth::SignedInTenant>(200),
        route(get, "/members", manages_team, team::list, "Who can sign in, and as what")
            .replies::<team::MembersView>(200),
        route(patch, "/members/{id}", manages_team, team::update, "Give a member another role")
            .takes::<team::UpdateMember>()
            .answers(204),
        route(delete, "/members/{id}", read, team::destroy, "End a membership: another's, or one's own")
            .answers(204),
        route(get, "/invitations", manages_team, team::list_invitations, "Who is asked to become a member")
            .replies::<team::InvitationsView>(200),
        route(post, "/invitations", manages_team, team::invite, "Ask somebody to become a member")
            .takes::<team::CreateInvitation>()
            .replies::<team::InvitationView>(201),
        route(delete, "/invitations/{id}", manages_team, team::revoke, "Take an invitation back")
            .answers(204),
        route(get, "/api-keys", keys, api_keys::list, "The keys of the API")
            .replies::<api_keys::ApiKeysView>(200),
        route(post, "/api-keys", keys, api_keys::create, "Make a key, which is told this once")
            .takes::<api_keys::CreateApiKey>()
            .replies::<api_keys::NewApiKey>(201),
        route(delete, "/api-keys/{id}", keys, api_keys::destroy, "Take a key away").answers(204),
        route(
            post,
            "/api-keys/{id}/rotation",
            keys,
            api_keys::rotate,
            "Put another key in the place of one, which stays good for a while",
        )
        .takes::<api_keys::RotateApiKey>()
        .replies::<api_keys::NewApiKey>(201),
        route(get, "/audit-events", reads_audit, audit::list, "Who changed what, the newest first")
            .asks::<audit::AuditQuestion>()
            .lists::<audit::AuditEventView>(),
        route(
            get,
            "/audit-events/export",
            reads_audit,
            audit::export,
            "The same as a file, CSV or a line of JSON each",
        )
        .asks::<audit::AuditExportQuestion>(),
        route(get, "/tenant/security", manages_team, team::security, "How members sign in")
            .replies::<team::SecurityView>(200),
        route(
            put,
            "/tenant/security",
            Access::Member(Permission::OwnTenant),
            team::update_security,
            "Ask a second factor of every member, or of nobody",
        )
        .takes::<team::UpdateSecurity>()
        .replies::<team::SecurityView>(200),
        route(
            post,
            "/tenant/ownership",
            Access::Member(Permission::OwnTenant),
            team::transfer,
            "Give the tenant to another member",
        )
        .takes::<team::TransferOwnership>()
        .answers(204),
        route(get, "/me", read, me::show, "Who is signed in").replies::<me::Me>(200),
        route(patch, "/me", read, me::update, "Change name and language")
            .takes::<me::UpdateMe>()
            .replies::<auth::UserView>(200),
        route(delete, "/me", read, me::destroy, "Delete the account").takes::<me::RemoveMe>().answers(204),
        route(get, "/me/data", read, me::data, "All that is known of whoever is signed in")
            .replies::<me::AccountData>(200),
        route(
            put,
            "/me/password",
            read,
            me::change_password,
            "Change the password, and end all other sessions",
        )
        .takes::<me::ChangePassword>()
        .answers(204),
        route(post, "/me/email", read, me::change_email, "Ask for another address")
            .takes::<me::ChangeEmail>()
            .answers(202),
        route(delete, "/me/email", read, me::withdraw_email, "No longer want that").answers(204),
        route(get, "/me/passkeys", read, me::passkeys::list, "What signs one in without a password")
            .replies::<me::passkeys::PasskeysView>(200),
        route(
            post,
            "/me/passkeys/challenge",
            read,
            me::passkeys::ask,
            "Have something for a new passkey to sign, by the password",
        )
        .takes::<me::passkeys::AskForPasskey>()
        .replies::<me::passkeys::PasskeyChallenge>(200),
        route(post, "/me/passkeys", read, me::passkeys::create, "Add a passkey")
            .takes::<me::passkeys::AddPasskey>()
            .replies::<me::passkeys::NewPasskey>(201),
        route(patch, "/me/passkeys/{id}", read, me::passkeys::update, "Call a passkey otherwise")
            .takes::<me::passkeys::RenamePasskey>()
            .answers(204),
        route(delete, "/me/passkeys/{id}", read, me::passkeys::destroy, "Remove a passkey")
            .takes::<me::passkeys::RemovePasskey>()
            .answers(204),
        route(get, "/me/sessions", read, me::sessions::list, "The sessions that live")
            .replies::<me::sessions::SessionsView>(200),
        route(delete, "/me/sessions", read, me::sessions::destroy_others, "End all but this one")
            .answers(204),
        route(delete, "/me/sessions/{id}", read, me::sessions::destroy, "End a session").answers(204),
        route(get, "/me/events", read, me::sessions::events, "What happened to the account")
            .replies::<me::sessions::AccountEventsView>(200),
        route(get, "/me/tenants", read, me::tenants::list, "The tenants one is a member of")
            .replies::<me::tenants::TenantsView>(200),
        route(post, "/me/tenants/{id}/switch", read, me::tenants::switch, "Go to another tenant")
            .replies::<auth::TokenPair>(200),
        route(post, "/tenants", read, me::tenants::create, "Open another tenant")
            .takes::<auth::RegisterTenant>()
            .replies::<auth::SignedInTenant>(201),
    ]
}
