//! What is written down when somebody changes something: every action there is.

/// A noun and a verb each. Pages tell them in words, and filter by the nouns.
pub const ACTIONS: &[&str] = &[
    "booking.create",
    "booking.confirm",
    "booking.accept",
    "booking.cancel",
    "booking.reschedule",
    "booking.resize",
    "booking.update",
    "booking.complete",
    "booking.miss",
    "booking.expire",
    "booking.pay_deposit",
    "booking.waive_fee",
    "customer.consent",
    "customer.create",
    "customer.update",
    "customer.block",
    "customer.unblock",
    "customer.merge",
    "customer.erase",
    "customer.import",
    "customer.export",
    "waitlist.join",
    "waitlist.leave",
    "waitlist.offer",
    "service.create",
    "service.update",
    "service.remove",
    "service.restore",
    "service.questions",
    "service.image",
    "staff.create",
    "staff.update",
    "staff.remove",
    "staff.restore",
    "room.create",
    "room.update",
    "room.remove",
    "room.restore",
    "opening_rules.replace",
    "break_rules.replace",
    "closure.create",
    "closure.remove",
    "opening.create",
    "opening.remove",
    "private_event.create",
    "private_event.update",
    "private_event.remove",
    "private_event.import",
    "calendar_feed.renew",
    "calendar_feed.update",
    "calendar_feed.revoke",
    "tenant.create",
    "tenant.update",
    "tenant.rename",
    "tenant.plan",
    "tenant.logo",
    "tenant.cover",
    "tenant.set_policy",
    "tenant.set_embedding",
    "tenant.transfer",
    "tenant.set_second_factor",
    "tenant.set_sign_on",
    "tenant.remove_sign_on",
    "tenant.suspend",
    "tenant.reinstate",
    "support.begin",
    "support.end",
    "member.join",
    "member.leave",
    "member.remove",
    "member.change_role",
    "invitation.create",
    "invitation.revoke",
    "api_key.create",
    "api_key.rotate",
    "api_key.revoke",
    "job.retry",
    "job.delete",
    "job.retry_all",
    "job.delete_all",
    "queue.pause",
    "queue.resume",
    "queue.update",
];

/// What the platform does to a tenant that its owners are mailed besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformAct {
    Suspend,
    Reinstate,
    /// An operator acts in it.
    Support,
}

impl PlatformAct {
    pub const ALL: [Self; 3] = [Self::Suspend, Self::Reinstate, Self::Support];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Reinstate => "reinstate",
            Self::Support => "support",
        }
    }

    /// As it is written down: one of [`ACTIONS`].
    pub const fn action(self) -> &'static str {
        match self {
            Self::Suspend => "tenant.suspend",
            Self::Reinstate => "tenant.reinstate",
            Self::Support => "support.begin",
        }
    }

    pub fn of_action(action: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.action() == action)
    }
}

/// The nouns, each once, in the order of the actions.
pub fn subjects() -> Vec<&'static str> {
    let mut nouns: Vec<_> = ACTIONS.iter().filter_map(|action| Some(action.split_once('.')?.0)).collect();
    nouns.dedup();
    nouns
}
