//! Why something was refused: one table of every code a client can meet.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, Utc};
use serde::Serialize;

use crate::id::StaffId;
use crate::plan::{Limit, Plan};

/// What sort of refusal it is; HTTP maps each to one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It can't be parsed.
    Malformed,
    /// Nobody known is asking.
    Unauthenticated,
    /// The tenant's plan does not include it.
    Plan,
    /// The caller's role does not allow it.
    Forbidden,
    /// It is not there, or not the caller's.
    NotFound,
    /// The address knows no such method.
    Method,
    /// The state of things forbids it.
    Conflict,
    /// It has changed since the caller read it.
    Stale,
    /// It did not arrive in time.
    Late,
    /// It is too large to read.
    TooLarge,
    /// It is of a type nobody reads here.
    MediaType,
    /// It can be read and makes no sense.
    Invalid,
    /// Too much of it in too short a time.
    TooMany,
    /// Something of ours failed.
    Internal,
    /// Something we need is away; try again.
    Unavailable,
}

macro_rules! codes {
    ($($name:ident, $text:literal, $kind:ident, $sentence:literal;)*) => {
        /// A stable name of a refusal. Clients branch on it; it never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($name),* }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            pub const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind),* }
            }

            /// What a person is told when nothing more exact is known.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence),* }
            }
        }
    };
}

codes! {
    MalformedJson, "MALFORMED_JSON", Malformed, "The body is not valid JSON.";
    MalformedQuery, "MALFORMED_QUERY", Malformed, "The query of the address can't be read.";
    MalformedHeader, "MALFORMED_HEADER", Malformed, "A header can't be read.";
    MalformedCursor, "MALFORMED_CURSOR", Malformed, "The cursor is not one of ours.";
    Unauthenticated, "UNAUTHENTICATED", Unauthenticated, "Sign in first.";
    InvalidCredentials, "INVALID_CREDENTIALS", Unauthenticated, "The email address or the password is wrong.";
    TotpRequired, "TOTP_REQUIRED", Unauthenticated, "Enter the code of your app, or a recovery code.";
    TotpInvalid, "TOTP_INVALID", Unauthenticated, "This code is wrong, or was used already.";
    PasskeyInvalid, "PASSKEY_INVALID", Unauthenticated, "This passkey was not accepted. Try again, or sign in otherwise.";
    SessionEnded, "SESSION_ENDED", Unauthenticated, "This session has ended. Sign in again.";
    PlanLimitReached, "PLAN_LIMIT_REACHED", Plan, "Bookings are closed for now.";
    PlanFeatureMissing, "PLAN_FEATURE_MISSING", Plan, "Your plan does not include this.";
    Forbidden, "FORBIDDEN", Forbidden, "Your role does not allow this.";
    TenantSuspended, "TENANT_SUSPENDED", Forbidden, "This business is not available at the moment.";
    SecondFactorRequired, "SECOND_FACTOR_REQUIRED", Forbidden, "This business asks for two-factor sign-in: turn it on first.";
    ScopeMissing, "SCOPE_MISSING", Forbidden, "This key may not do that: it lacks the scope.";
    PasswordRequired, "PASSWORD_REQUIRED", Forbidden, "You signed in by the word of this business. Sign in with your password for this.";
    PersonRequired, "PERSON_REQUIRED", Forbidden, "This takes a person who is signed in: a key may not.";
    EmailNotVerified, "EMAIL_NOT_VERIFIED", Conflict, "Confirm your own email address first.";
    FormRefused, "FORM_REFUSED", Forbidden, "This form came from elsewhere, or its page is too old. Load the page again.";
    NotFound, "NOT_FOUND", NotFound, "There is nothing here.";
    MethodNotAllowed, "METHOD_NOT_ALLOWED", Method, "This address does not know that method.";
    BookingNotFound, "BOOKING_NOT_FOUND", NotFound, "No booking has this code and email address.";
    EmailTaken, "EMAIL_TAKEN", Conflict, "An account with this email address exists already.";
    AlreadyMember, "ALREADY_MEMBER", Conflict, "Somebody with this email address is a member already.";
    AlreadyInvited, "ALREADY_INVITED", Conflict, "Somebody with this email address is invited already.";
    LastOwner, "LAST_OWNER", Conflict, "A business needs an owner: make somebody else one first.";
    SecondFactorOn, "SECOND_FACTOR_ON", Conflict, "Two-factor sign-in is on already.";
    SecondFactorKept, "SECOND_FACTOR_KEPT", Conflict, "Operators of the platform sign in by two factors.";
    SecondFactorOff, "SECOND_FACTOR_OFF", Conflict, "Two-factor sign-in is off.";
    IdentityTaken, "IDENTITY_TAKEN", Conflict, "This is linked to another account already.";
    PasskeyExists, "PASSKEY_EXISTS", Conflict, "This passkey is registered already.";
    PasskeysNotOffered, "PASSKEYS_NOT_OFFERED", Conflict, "Passkeys take an address with a name: there are none here.";
    SlugTaken, "SLUG_TAKEN", Conflict, "This address is taken.";
    SlotUnavailable, "SLOT_UNAVAILABLE", Conflict, "This time is no longer available.";
    PublicCodeTaken, "PUBLIC_CODE_TAKEN", Conflict, "Try again.";
    LastStaffMember, "LAST_STAFF_MEMBER", Conflict, "Somebody has to be bookable.";
    BookingNotConfirmable, "BOOKING_NOT_CONFIRMABLE", Conflict, "This booking does not wait for confirmation.";
    TooManyOfThese, "TOO_MANY_OF_THESE", Conflict, "There are too many of these already.";
    BookingNotCancellable, "BOOKING_NOT_CANCELLABLE", Conflict, "This booking can no longer be cancelled.";
    BookingNotClosable, "BOOKING_NOT_CLOSABLE", Conflict, "Nobody can say yet how this booking ended.";
    CustomerExists, "CUSTOMER_EXISTS", Conflict, "A customer with this email address exists already.";
    BookingNotPayable, "BOOKING_NOT_PAYABLE", Conflict, "No deposit is waited for.";
    CustomerExpected, "CUSTOMER_EXPECTED", Conflict, "This customer is still expected. Cancel what is ahead first.";
    SameCustomer, "SAME_CUSTOMER", Conflict, "Choose two customers, not one twice.";
    ContactTheBusiness, "CONTACT_THE_BUSINESS", Forbidden, "This can't be booked online. Please contact the business.";
    ImportStarted, "IMPORT_STARTED", Conflict, "This import has been started already.";
    BookingNotMovable, "BOOKING_NOT_MOVABLE", Conflict, "This booking can no longer be moved.";
    OutsideHours, "OUTSIDE_HOURS", Conflict, "Nobody works then. Say outside_hours to have it there all the same.";
    GroupSessionFixed, "GROUP_SESSION_FIXED", Conflict, "A group session keeps its time. Move its participants one by one.";
    JobRunning, "JOB_RUNNING", Conflict, "This job is with the workers. Wait for the end of its run.";
    JobNotRetryable, "JOB_NOT_RETRYABLE", Conflict, "This job is due already.";
    JobChanged, "JOB_CHANGED", Conflict, "This job has moved on since you looked at it.";
    IdempotencyInProgress, "IDEMPOTENCY_IN_PROGRESS", Conflict, "The first request with this key is still running.";
    VersionMismatch, "VERSION_MISMATCH", Stale, "It has changed since you read it. Read it again.";
    RequestTimeout, "REQUEST_TIMEOUT", Late, "The request did not arrive in time.";
    BodyTooLarge, "BODY_TOO_LARGE", TooLarge, "The body is too large.";
    UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", MediaType, "Send application/json.";
    Invalid, "INVALID", Invalid, "Some values are not valid.";
    IdempotencyMismatch, "IDEMPOTENCY_MISMATCH", Invalid, "This key was used with another body.";
    LinkInvalid, "LINK_INVALID", Invalid, "This link is not valid, or no longer.";
    TooManyRequests, "TOO_MANY_REQUESTS", TooMany, "Too many requests. Try again later.";
    Internal, "INTERNAL", Internal, "Something went wrong on our side.";
    Unavailable, "UNAVAILABLE", Unavailable, "The service is busy. Try again in a moment.";
}

/// One thing wrong with one value of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Where: a JSON pointer (RFC 6901) into the body, or the name of a query parameter after `?`.
    pub pointer: String,
    pub code: &'static str,
    pub detail: String,
}

/// What a client may want to know beside the sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Extra {
    Limit {
        limit: Limit,
        max: i64,
        used: i64,
        /// The cheapest plan that lifts it; none: no plan does.
        lifted_by: Option<Plan>,
    },
    Feature {
        feature: &'static str,
        lifted_by: Option<Plan>,
    },
    Alternatives {
        alternatives: Vec<Alternative>,
    },
    RetryAfter {
        /// Seconds.
        retry_after: u64,
    },
}

/// A time that is free, offered instead of one that is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct Alternative {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub staff_ids: Vec<StaffId>,
}

/// A refusal, on its way to whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", code.text())]
pub struct Rejection {
    pub code: Code,
    pub detail: String,
    pub errors: Vec<FieldError>,
    pub extra: Option<Box<Extra>>,
}

impl From<Code> for Rejection {
    fn from(code: Code) -> Self {
        Self { code, detail: code.sentence().to_owned(), errors: Vec::new(), extra: None }
    }
}

impl Rejection {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..code.into() }
    }

    /// One value is wrong.
    pub fn invalid(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        let mut fields = Fields::default();
        fields.add(pointer, code, detail);
        fields.into_rejection()
    }

    #[must_use]
    pub fn with(mut self, extra: Extra) -> Self {
        self.extra = Some(Box::new(extra));
        self
    }
}

/// Years that a request may name.
pub const YEARS: RangeInclusive<i32> = 2000..=2200;

/// Collects what is wrong with a request, so that a form tells all of it at once.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    pub fn add(&mut self, pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.0.push(FieldError { pointer: pointer.into(), code, detail: detail.into() });
    }

    /// Adds an error unless `value` lies in the range, its ends included.
    pub fn range<N: Copy + PartialOrd + std::fmt::Display>(
        &mut self,
        pointer: &str,
        value: N,
        low: N,
        high: N,
    ) {
        if value < low || value > high {
            self.add(pointer, "OUT_OF_RANGE", format!("must be between {low} and {high}"));
        }
    }

    /// Refuses dates that no calendar shows: outside of the years 2000..=2200.
    pub fn year(&mut self, pointer: &str, date: impl Datelike + Copy) {
        if !YEARS.contains(&date.year()) {
            self.add(pointer, "OUT_OF_RANGE", "must lie between the years 2000 and 2200");
        }
    }

    /// Takes the value, or notes the error and answers nothing.
    pub fn take<T, E: std::fmt::Display>(&mut self, pointer: &str, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(pointer, "INVALID", error.to_string());
                None
            }
        }
    }

    pub fn finish(self) -> Result<(), Rejection> {
        if self.0.is_empty() { Ok(()) } else { Err(self.into_rejection()) }
    }

    pub fn into_rejection(self) -> Rejection {
        Rejection { errors: self.0, ..Code::Invalid.into() }
    }
}
