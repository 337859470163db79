//! What can go wrong between an operation and PostgreSQL.

use diesel::result::{DatabaseErrorKind, Error as Diesel};
use domain::rejection::{Code, Rejection};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules say no, or the database's constraints do.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// PostgreSQL can't be reached or is too busy; the same call may work in a moment.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// It answered with an error that no rule foresees.
    #[error("the database refused: {0}")]
    Database(Diesel),
}

impl Error {
    /// The code of a refusal; none for a failure.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Rejected(rejection) => Some(rejection.code),
            Self::Unavailable(_) | Self::Database(_) => None,
        }
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Rejected(code.into())
    }
}

impl From<Diesel> for Error {
    /// diesel knows no SQLSTATE but for some: a lost connection, a deadlock and a server that stops are told by their
    /// texts. A text with U+0000 can't be sent at all, whoever let it through.
    fn from(error: Diesel) -> Self {
        match &error {
            Diesel::NotFound => Code::NotFound.into(),
            Diesel::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                info,
            ) => Self::Unavailable(info.message().to_owned()),
            Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            Diesel::DatabaseError(DatabaseErrorKind::Unknown, info) if is_passing(info.message()) => {
                Self::Unavailable(info.message().to_owned())
            }
            _ => Self::Database(error),
        }
    }
}

fn is_passing(message: &str) -> bool {
    [
        "deadlock detected",
        "connection closed",
        "terminating connection",
        "the database system is",
        "canceling statement",
        "error communicating with the server",
        "remaining connection slots",
        "too many clients",
    ]
    .iter()
    .any(|text| message.contains(text))
}

/// Turns the violation of a named constraint into the refusal it stands for.
pub trait OnConstraint<T> {
    fn on_constraint(self, name: &str, code: Code) -> Result<T>;
}

impl<T> OnConstraint<T> for std::result::Result<T, Diesel> {
    fn on_constraint(self, name: &str, code: Code) -> Result<T> {
        self.map_err(|error| match &error {
            Diesel::DatabaseError(_, info) if info.constraint_name() == Some(name) => code.into(),
            _ => error.into(),
        })
    }
}
