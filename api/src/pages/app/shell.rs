//! What surrounds every page of the dashboard: who is here, in which tenant, what waits.

use domain::role::Permission;
use store::calendar;
use store::tenants::Tenant;

use crate::extract::{Allows, PageMember};
use crate::pages::Reader;
use crate::pages::frame::{Frame, Shell};
use crate::problem::Result;

/// A page's frame, and the tenant whose page it is.
pub struct Shelled {
    pub frame: Frame,
    pub tenant: Tenant,
}

/// The shell for a member, in their language.
pub async fn of<P: Allows>(reader: &Reader, member: &PageMember<P>) -> Result<Shelled> {
    let now = member.now;
    let (tenant, pending) = member
        .tenant
        .read(async |tx| {
            Ok::<_, store::Error>((store::tenants::find(tx).await?, calendar::pending(tx, now).await?))
        })
        .await?;
    let identity = member.state.store.identity();
    let user = identity.statement(async |tx| store::users::find(tx, member.user_id).await).await?;
    let mut frame = reader.tenant_frame(&tenant);
    frame.csrf = Some(member.csrf());
    frame.app = Some(Shell {
        user_name: user.full_name,
        role: member.role.name(),
        tenant_name: tenant.name.clone(),
        tenant_slug: tenant.slug.clone(),
        plan: tenant.plan.name(),
        tenants: Vec::new(),
        pending,
        may_manage_tenant: member.role.may(Permission::ManageTenant),
        may_manage_catalogue: member.role.may(Permission::ManageCatalogue),
        may_manage_bookings: member.role.may(Permission::ManageBookings),
    });
    Ok(Shelled { frame, tenant })
}
