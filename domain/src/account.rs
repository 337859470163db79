//! What happens to a user's account, for them to see that nobody else did it.

/// Told by mail where it opens the account, or closes it, to whoever did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
pub enum AccountEvent {
    SignedIn,
    PasswordChanged,
    /// By the link from a mail.
    PasswordReset,
    EmailChangeAsked,
    EmailChanged,
    EmailChangeUndone,
    /// All other devices were signed out.
    SignedOutElsewhere,
    SecondFactorOn,
    SecondFactorOff,
    /// Signed in by one.
    RecoveryCodeUsed,
    /// Those before open nothing any more.
    RecoveryCodesMade,
    /// Somebody else may sign them in from now on.
    IdentityLinked,
    IdentityUnlinked,
    PasskeyAdded,
    PasskeyRemoved,
    /// One that seems to have a copy somewhere: its counter went back.
    PasskeyRefused,
    /// An app that makes codes, beside passkeys.
    AppAdded,
    /// It is gone, and passkeys are left.
    AppRemoved,
}
crate::sql::text!(AccountEvent);

impl AccountEvent {
    pub const ALL: [Self; 18] = [
        Self::SignedIn,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::EmailChangeAsked,
        Self::EmailChanged,
        Self::EmailChangeUndone,
        Self::SignedOutElsewhere,
        Self::SecondFactorOn,
        Self::SecondFactorOff,
        Self::RecoveryCodeUsed,
        Self::RecoveryCodesMade,
        Self::IdentityLinked,
        Self::IdentityUnlinked,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::PasskeyRefused,
        Self::AppAdded,
        Self::AppRemoved,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::EmailChangeAsked => "email_change_asked",
            Self::EmailChanged => "email_changed",
            Self::EmailChangeUndone => "email_change_undone",
            Self::SignedOutElsewhere => "signed_out_elsewhere",
            Self::SecondFactorOn => "second_factor_on",
            Self::SecondFactorOff => "second_factor_off",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::IdentityLinked => "identity_linked",
            Self::IdentityUnlinked => "identity_unlinked",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::PasskeyRefused => "passkey_refused",
            Self::AppAdded => "app_added",
            Self::AppRemoved => "app_removed",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }

    /// Whether its user is told at once. A change of the address has mails of its own.
    pub const fn is_told(self) -> bool {
        matches!(
            self,
            Self::PasswordChanged
                | Self::PasswordReset
                | Self::SecondFactorOn
                | Self::SecondFactorOff
                | Self::RecoveryCodeUsed
                | Self::RecoveryCodesMade
                | Self::IdentityLinked
                | Self::IdentityUnlinked
                | Self::PasskeyAdded
                | Self::PasskeyRemoved
                | Self::PasskeyRefused
                | Self::AppAdded
                | Self::AppRemoved
        )
    }
}
