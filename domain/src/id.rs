//! Identifiers: UUID version 7, one type for each noun, so that none is passed for another.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::{NoContext, Timestamp, Uuid};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Uuid))]
        #[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new one, sorted by `now`; the rest is random.
            pub fn mint(now: DateTime<Utc>) -> Self {
                Self(mint(now))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }

        #[cfg(feature = "diesel")]
        impl diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::Uuid, diesel::pg::Pg>::to_sql(&self.0, out)
            }
        }

        #[cfg(feature = "diesel")]
        impl diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                <Uuid as diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::from_sql(bytes)
                    .map(Self)
            }
        }
    )*};
}

id! {
    /// An organisation that signed up.
    TenantId,
    /// A person who can sign in.
    UserId,
    SessionId,
    /// A request for a new password.
    ResetId,
    /// An invitation to be a member of a tenant.
    InvitationId,
    /// Of a key of the API.
    ApiKeyId,
    /// What signs a user in without a password.
    PasskeyId,
    /// A change of a user's email address.
    EmailChangeId,
    /// Something that happened to a user's account.
    AccountEventId,
    /// Of what somebody else knows a user by.
    IdentityId,
    /// Somebody or something that can be booked.
    StaffId,
    ServiceId,
    /// Something that a service asks whoever books it.
    QuestionId,
    /// A file sent as an answer.
    IntakeFileId,
    /// A room, a chair, a machine.
    RoomId,
    CustomerId,
    /// Of what a customer agreed to or took back.
    ConsentId,
    /// Of a browser in which a customer is signed in.
    CustomerSessionId,
    /// A link that a customer asked for, to sign in.
    CustomerSignInId,
    /// A file with customers.
    ImportId,
    BookingId,
    /// One time that several customers book seats of.
    GroupSessionId,
    /// Bookings that recur.
    SeriesId,
    /// Somebody who waits for a time.
    WaitlistEntryId,
    AllocationId,
    RuleId,
    ClosureId,
    OpeningId,
    /// What somebody does besides: time taken outside of bookings.
    PrivateEventId,
    /// A day at most of such time.
    BlockId,
    JobId,
    EventId,
    MessageId,
    DocumentId,
    ImageId,
}

impl TenantId {
    /// Owner of the platform's own rows: jobs that belong to no tenant.
    pub const PLATFORM: Self = Self(Uuid::nil());
}

/// A UUID version 7 (RFC 9562) of the moment passed in; before 1970 counts as 1970.
fn mint(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}
