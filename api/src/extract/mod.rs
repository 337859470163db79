//! What handlers take: who asks, and what they say. Whatever can't be read is answered with a problem.

mod body;
mod caller;
mod objects;
mod operator;
mod page_member;
mod query;
pub(crate) mod upload;

pub use body::{Json, Submission, present, required};
pub(crate) use body::{PATIENCE, collect};
pub use caller::{
    Account, Allows, Anybody, ByOwnPeople, Caller, Leave, ManageBookings, ManageCatalogue, ManageKeys,
    ManageTeam, ManageTenant, Member, OwnTenant, Read, ReadAudit, Visitor,
};
pub(crate) use operator::operator_if_any;
pub use operator::{Operator, PageOperator};
pub use page_member::PageMember;
pub(crate) use page_member::session_if_any;
pub use query::{IfMatch, Path, Query};
pub use upload::{AnswerUpload, CalendarUpload, Filled, TableUpload, Upload};
