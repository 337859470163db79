//! A time that is kept for whom it was offered to, taken. Left, it is cancelled.

use actix_web::HttpResponse;
use domain::rejection::Code;
use store::audit::By;
use store::bookings;

use super::Opened;
use crate::extract::{Anybody, Path};
use crate::limit::WRITE;
use crate::pages::{Reader, see};
use crate::problem::Result;

pub async fn accept(reader: Reader, anybody: Result<Anybody>, token: Result<Path<String>>) -> HttpResponse {
    reader
        .answer(async {
            let opened = Opened::read(anybody, token).await?;
            let anybody = &opened.anybody;
            anybody.state.take(WRITE, &anybody.ip).await?;
            let by = By::customer(Some(anybody.ip.clone()));
            let (id, now) = (opened.appointment.booking.id, anybody.now);
            let accept = async |tx: &mut store::TenantTx| bookings::accept(tx, id, &by, now).await;
            let accepted: store::Result<_> = opened.door.transaction(accept).await;
            match accepted {
                Ok(_) => Ok(see(&format!("{}?done=1", opened.url()))),
                // Too late, or its deposit is to be paid: the page shows how it stands.
                Err(error) if error.code() == Some(Code::BookingNotConfirmable) => Ok(see(&opened.url())),
                Err(error) => Err(error.into()),
            }
        })
        .await
}
