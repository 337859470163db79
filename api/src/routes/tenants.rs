//! What tenants and their visitors may call.

use actix_web::http::Method;
use domain::access::Permission;

use super::{Access, Route, route};
use crate::list::PageQuestion;
use crate::{
    availability, bookings, calendar_feeds, customers, embedding, hours, images, intake, openapi, policy,
    private_events, reschedule, rooms, search, series, services, staff, stream, tenant, waitlist,
};

pub(super) fn routes() -> Vec<Route> {
    use Access::{Anybody, Visitor};
    use Permission::{ManageBookings, ManageCatalogue, ManageTenant, Read};

    let (get, post, put, patch, delete) =
        (&Method::GET, &Method::POST, &Method::PUT, &Method::PATCH, &Method::DELETE);
    let (read, catalogue) = (Access::Caller(Read), Access::Caller(ManageCatalogue));
    let desk = Access::Caller(ManageBookings);
    vec![
        route(get, "/tenant", read, tenant::show, "The tenant's profile").replies::<tenant::TenantView>(200),
        route(patch, "/tenant", Access::Caller(ManageTenant), tenant::update, "Change the profile")
            .takes::<tenant::UpdateTenant>()
            .replies::<tenant::TenantView>(200),
        route(put, "/tenant/logo", Access::Caller(ManageTenant), images::put_logo, "Show a logo")
            .takes_file()
            .replies::<tenant::TenantView>(200),
        route(
            delete,
            "/tenant/logo",
            Access::Caller(ManageTenant),
            images::destroy_logo,
            "Take the logo away",
        )
        .answers(204),
        route(
            put,
            "/tenant/cover",
            Access::Caller(ManageTenant),
            images::put_cover,
            "Show a picture above the public page",
        )
        .takes_file()
        .replies::<tenant::TenantView>(200),
        route(
            delete,
            "/tenant/cover",
            Access::Caller(ManageTenant),
            images::destroy_cover,
            "Take the picture above the public page away",
        )
        .answers(204),
        route(get, "/policy", read, policy::show, "What cancelling, moving and staying away ask")
            .replies::<policy::PolicyBody>(200),
        route(put, "/policy", Access::Caller(ManageTenant), policy::replace, "Ask something else")
            .takes::<policy::PolicyBody>()
            .replies::<policy::PolicyBody>(200),
        route(get, "/embedding", read, embedding::show, "The websites that may frame the booking pages")
            .replies::<embedding::EmbeddingBody>(200),
        route(put, "/embedding", Access::Caller(ManageTenant), embedding::replace, "Name other websites")
            .takes::<embedding::EmbeddingBody>()
            .replies::<embedding::EmbeddingBody>(200),
        route(get, "/plan", read, tenant::plan, "The plan, its limits and what is used")
            .replies::<tenant::PlanView>(200),
        route(get, "/services", read, services::list, "All services")
            .asks::<PageQuestion>()
            .lists::<services::ServiceView>(),
        route(post, "/services", catalogue, services::create, "Add a service")
            .takes::<services::CreateService>()
            .replies::<services::ServiceView>(201),
        route(get, "/services/{id}", read, services::show, "One service")
            .replies::<services::ServiceView>(200),
        route(patch, "/services/{id}", catalogue, services::update, "Change a service")
            .takes::<services::UpdateService>()
            .replies::<services::ServiceView>(200),
        route(delete, "/services/{id}", catalogue, services::destroy, "Archive a service").answers(204),
        route(
            put,
            "/services/{id}/image",
            catalogue,
            images::put_of_service,
            "Show a picture with a service",
        )
        .takes_file()
        .replies::<services::ServiceView>(200),
        route(
            delete,
            "/services/{id}/image",
            catalogue,
            images::destroy_of_service,
            "Take a service’s picture away",
        )
        .answers(204),
        route(get, "/services/{id}/questions", read, intake::show, "What it asks whoever books it")
            .replies::<intake::QuestionsView>(200),
        route(put, "/services/{id}/questions", catalogue, intake::replace, "Change what it asks")
            .takes::<intake::ReplaceQuestions>()
            .replies::<intake::QuestionsView>(200),
        route(get, "/intake-files/{id}", read, intake::show_file, "A file that was sent as an answer"),
        route(get, "/staff", read, staff::list, "All staff members")
            .asks::<PageQuestion>()
            .lists::<staff::StaffView>(),
        route(post, "/staff", catalogue, staff::create, "Add a staff member")
            .takes::<staff::CreateStaff>()
            .replies::<staff::StaffView>(201),
        route(get, "/staff/{id}", read, staff::show, "One staff member").replies::<staff::StaffView>(200),
        route(patch, "/staff/{id}", catalogue, staff::update, "Change a staff member")
            .takes::<staff::UpdateStaff>()
            .replies::<staff::StaffView>(200),
        route(delete, "/staff/{id}", catalogue, staff::destroy, "Archive a staff member").answers(204),
        route(get, "/staff/{id}/calendar-feed", read, calendar_feeds::show, "Whether others can subscribe")
            .replies::<calendar_feeds::FeedView>(200),
        route(
            post,
            "/staff/{id}/calendar-feed",
            catalogue,
            calendar_feeds::create,
            "Make an address to subscribe to; the one before ends",
        )
        .takes::<calendar_feeds::RenewFeed>()
        .replies::<calendar_feeds::FeedView>(201),
        route(patch, "/staff/{id}/calendar-feed", catalogue, calendar_feeds::update, "Change what it shows")
            .takes::<calendar_feeds::UpdateFeed>()
            .replies::<calendar_feeds::FeedView>(200),
        route(
            delete,
            "/staff/{id}/calendar-feed",
            catalogue,
            calendar_feeds::destroy,
            "Take the address back",
        )
        .answers(204),
        route(
            post,
            "/staff/{id}/calendar-import",
            catalogue,
            calendar_feeds::import,
            "Take the events of a calendar file over (RFC 5545)",
        )
        .takes_file()
        .replies::<calendar_feeds::CalendarImportView>(200),
        route(get, "/rooms", read, rooms::list, "All rooms")
            .asks::<PageQuestion>()
            .lists::<rooms::RoomView>(),
        route(post, "/rooms", catalogue, rooms::create, "Add a room")
            .takes::<rooms::CreateRoom>()
            .replies::<rooms::RoomView>(201),
        route(get, "/rooms/{id}", read, rooms::show, "One room").replies::<rooms::RoomView>(200),
        route(patch, "/rooms/{id}", catalogue, rooms::update, "Change a room")
            .takes::<rooms::UpdateRoom>()
            .replies::<rooms::RoomView>(200),
        route(delete, "/rooms/{id}", catalogue, rooms::destroy, "Archive a room").answers(204),
        route(get, "/opening-rules", read, hours::show_opening_rules, "Weekly hours")
            .asks::<hours::WeekQuestion>()
            .replies::<hours::RulesView>(200),
        route(put, "/opening-rules", catalogue, hours::replace_opening_rules, "Replace the weekly hours")
            .asks::<hours::WeekQuestion>()
            .takes::<hours::Rules>()
            .replies::<hours::RulesView>(200),
        route(put, "/availability", catalogue, hours::replace_opening_rules, "Replace the weekly hours")
            .asks::<hours::WeekQuestion>()
            .takes::<hours::Rules>()
            .replies::<hours::RulesView>(200),
        route(get, "/break-rules", read, hours::show_break_rules, "Weekly pauses")
            .asks::<hours::WeekQuestion>()
            .replies::<hours::RulesView>(200),
        route(put, "/break-rules", catalogue, hours::replace_break_rules, "Replace the weekly pauses")
            .asks::<hours::WeekQuestion>()
            .takes::<hours::Rules>()
            .replies::<hours::RulesView>(200),
        route(get, "/closures", read, hours::list_closures, "Dates off, from yesterday on")
            .lists::<hours::ClosureView>(),
        route(post, "/closures", catalogue, hours::create_closure, "Close dates")
            .takes::<hours::CreateClosure>()
            .replies::<hours::ClosureView>(201),
        route(delete, "/closures/{id}", catalogue, hours::destroy_closure, "Take a closure back")
            .answers(204),
        route(get, "/openings", read, hours::list_openings, "One-off hours, from yesterday on")
            .lists::<hours::OpeningView>(),
        route(
            post,
            "/openings",
            catalogue,
            hours::create_opening,
            "Open a date, instead of its weekly hours",
        )
        .takes::<hours::CreateOpening>()
        .replies::<hours::OpeningView>(201),
        route(delete, "/openings/{id}", catalogue, hours::destroy_opening, "Take one-off hours back")
            .answers(204),
        route(
            get,
            "/slots",
            read,
            availability::slots_of_member,
            "The free times of a date, whatever the service",
        )
        .asks::<availability::SlotsQuestion>()
        .replies::<availability::DayView>(200),
        route(get, "/availability", read, availability::day_of_member, "The slots of a date")
            .asks::<availability::DayQuestion>()
            .replies::<availability::DayView>(200),
        route(get, "/availability/days", read, availability::days_of_member, "How many slots each date has")
            .asks::<availability::DaysQuestion>()
            .replies::<availability::DaysView>(200),
        route(get, "/availability/next", read, availability::next_of_member, "The next free start of each")
            .asks::<availability::NextQuestion>()
            .replies::<availability::NextView>(200),
        route(get, "/bookings", read, bookings::list, "Bookings by start")
            .asks::<bookings::ListQuestion>()
            .lists::<bookings::MemberBookingView>(),
        route(post, "/bookings", desk, bookings::create_for_customer, "Book on behalf of a customer")
            .takes::<bookings::CreateBookingForCustomer>()
            .replies::<bookings::MemberBookingView>(201),
        route(get, "/bookings/{id}", read, bookings::show, "One booking")
            .replies::<bookings::MemberBookingView>(200),
        route(patch, "/bookings/{id}", desk, bookings::update, "Note something for members")
            .takes::<bookings::UpdateBooking>()
            .replies::<bookings::MemberBookingView>(200),
        route(get, "/bookings/{id}/history", read, bookings::history, "What happened to it, and who did it")
            .replies::<bookings::BookingHistory>(200),
        route(post, "/bookings/{id}/completion", desk, bookings::complete, "Say that the customer came")
            .takes::<bookings::CloseBooking>()
            .replies::<bookings::MemberBookingView>(200),
        route(post, "/bookings/{id}/no-show", desk, bookings::miss, "Say that the customer did not come")
            .takes::<bookings::CloseBooking>()
            .replies::<bookings::MemberBookingView>(200),
        route(post, "/bookings/{id}/fee-waiver", desk, bookings::waive_fee, "Do without the fee")
            .takes::<bookings::WaiveFee>()
            .replies::<bookings::MemberBookingView>(200),
        route(
            post,
            "/bookings/{id}/confirmation",
            Access::Caller(ManageBookings),
            bookings::confirm,
            "Confirm what waits for approval",
        )
        .takes::<bookings::ConfirmBooking>()
        .replies::<bookings::MemberBookingView>(200),
        route(
            post,
            "/bookings/{id}/cancellation",
            Access::Caller(ManageBookings),
            bookings::cancel,
            "Cancel for the customer",
        )
        .takes::<bookings::CancelBooking>()
        .replies::<bookings::MemberBookingView>(200),
        route(get, "/events", read, private_events::list, "Bookings and private events by start")
            .asks::<private_events::EventsQuestion>()
            .lists::<private_events::EventView>(),
        route(post, "/events", desk, private_events::create, "Book, or take time outside of bookings")
            .takes::<private_events::CreateEvent>()
            .replies::<private_events::EventView>(201),
        route(get, "/events/{id}", read, private_events::show, "One booking or private event")
            .replies::<private_events::EventView>(200),
        route(put, "/events/{id}", desk, private_events::update, "Move or change one")
            .asks::<private_events::ScopeQuestion>()
            .takes::<private_events::UpdateEvent>()
            .replies::<private_events::EventView>(200),
        route(delete, "/events/{id}", desk, private_events::destroy, "Cancel or remove one")
            .asks::<private_events::ScopeQuestion>()
            .answers(204),
        route(get, "/customers", read, customers::list, "Customers by name")
            .asks::<customers::CustomersQuestion>()
            .lists::<customers::CustomerView>(),
        route(post, "/customers", desk, customers::create, "Write a customer down")
            .takes::<customers::CreateCustomer>()
            .replies::<customers::CustomerView>(201),
        route(get, "/customers/tags", read, customers::tags, "The tags in use")
            .replies::<customers::TagsView>(200),
        route(
            post,
            "/customers/imports",
            catalogue,
            customers::imports::create,
            "Send a file with customers (CSV), to be brought in",
        )
        .takes_file()
        .replies::<customers::imports::ImportView>(201),
        route(get, "/customers/imports/{id}", catalogue, customers::imports::show, "How far an import is")
            .replies::<customers::imports::ImportView>(200),
        route(
            post,
            "/customers/imports/{id}/start",
            catalogue,
            customers::imports::start,
            "Bring a file in, or go on after a failure",
        )
        .takes::<customers::imports::StartImport>()
        .replies::<customers::imports::ImportView>(202),
        route(
            get,
            "/customers/imports/{id}/report",
            catalogue,
            customers::imports::report,
            "The rows that were refused (CSV)",
        ),
        route(
            get,
            "/customers/{id}/consents",
            read,
            customers::consents::list,
            "What a customer agreed to, and took back",
        )
        .replies::<customers::consents::ConsentsView>(200),
        route(
            put,
            "/customers/{id}/consents/marketing",
            desk,
            customers::consents::set_marketing,
            "Note that a customer wants other messages, or no more",
        )
        .takes::<customers::consents::SetMarketing>()
        .answers(204),
        route(
            get,
            "/customers/{id}/data",
            Access::Caller(ManageTenant),
            customers::erasure::show,
            "All that is known of somebody",
        )
        .replies::<customers::erasure::CustomerData>(200),
        route(
            delete,
            "/customers/{id}/data",
            Access::Caller(ManageTenant),
            customers::erasure::destroy,
            "Forget who a customer was; what was booked stands",
        )
        .answers(204),
        route(
            post,
            "/customers/{id}/merge",
            catalogue,
            customers::merges::create,
            "Merge a duplicate into a customer, for good",
        )
        .takes::<customers::merges::MergeDuplicate>()
        .replies::<customers::CustomerView>(200),
        route(get, "/customers/{id}/block", read, customers::blocks::show, "Why a customer can't book")
            .replies::<customers::blocks::BlockView>(200),
        route(post, "/customers/{id}/block", desk, customers::blocks::create, "Keep a customer from booking")
            .takes::<customers::blocks::BlockCustomer>()
            .replies::<customers::CustomerView>(200),
        route(delete, "/customers/{id}/block", desk, customers::blocks::destroy, "Let a customer book again")
            .answers(204),
        route(get, "/customers/{id}", read, customers::show, "One customer")
            .replies::<customers::CustomerView>(200),
        route(patch, "/customers/{id}", desk, customers::update, "Change a customer's profile")
            .takes::<customers::UpdateCustomer>()
            .replies::<customers::CustomerView>(200),
        route(get, "/search", read, search::show, "Bookings, customers and services by what they begin with")
            .asks::<search::SearchQuestion>()
            .replies::<search::SearchAnswer>(200),
        route(
            post,
            "/bookings/{id}/reschedule",
            Access::Caller(ManageBookings),
            reschedule::create,
            "Move to another time, or to somebody else",
        )
        .takes::<reschedule::RescheduleBooking>()
        .replies::<bookings::MemberBookingView>(200),
        route(get, "/public/{tenant}/services", Visitor, services::list_public, "What anybody can book")
            .asks::<services::PublicListQuestion>()
            .lists::<services::PublicService>(),
        route(get, "/public/{tenant}/staff", Visitor, staff::list_public, "Who can be booked")
            .asks::<staff::ProvidersOf>()
            .lists::<staff::PublicStaff>(),
        route(get, "/public/{tenant}/availability", Visitor, availability::day_public, "The slots of a date")
            .asks::<availability::DayQuestion>()
            .replies::<availability::DayView>(200),
        route(
            get,
            "/public/{tenant}/availability/days",
            Visitor,
            availability::days_public,
            "How many slots each date has",
        )
        .asks::<availability::DaysQuestion>()
        .replies::<availability::DaysView>(200),
        route(
            get,
            "/public/{tenant}/availability/next",
            Visitor,
            availability::next_public,
            "The next free start of each",
        )
        .asks::<availability::NextQuestion>()
        .replies::<availability::NextView>(200),
        route(
            post,
            "/public/{tenant}/questions/{id}/files",
            Visitor,
            intake::send_public,
            "Send a file that answers a question, to be booked with",
        )
        .takes_file()
        .replies::<intake::FileView>(201),
        route(post, "/public/{tenant}/bookings", Visitor, bookings::create_public, "Book")
            .takes::<bookings::CreateBooking>()
            .replies::<bookings::BookingView>(201),
        route(
            get,
            "/public/{tenant}/bookings",
            Visitor,
            bookings::show_public,
            "One booking by code and email address",
        )
        .asks::<bookings::Lookup>()
        .replies::<bookings::BookingView>(200),
        route(
            post,
            "/public/{tenant}/bookings/lookup",
            Visitor,
            bookings::lookup_public,
            "One booking by code and email address",
        )
        .takes::<bookings::Lookup>()
        .replies::<bookings::BookingView>(200),
        route(
            post,
            "/public/{tenant}/bookings/{code}/acceptance",
            Visitor,
            waitlist::accept,
            "Take the time that was offered",
        )
        .takes::<waitlist::AcceptOffer>()
        .replies::<bookings::BookingView>(200),
        route(
            post,
            "/public/{tenant}/bookings/{code}/reschedule",
            Visitor,
            reschedule::create_public,
            "Move to another time, or to somebody else",
        )
        .takes::<reschedule::RescheduleByCode>()
        .replies::<bookings::BookingView>(200),
        route(
            post,
            "/public/{tenant}/bookings/{code}/cancellation",
            Visitor,
            bookings::cancel_public,
            "Cancel",
        )
        .takes::<bookings::CancelByCode>()
        .replies::<bookings::BookingView>(200),
        route(
            post,
            "/public/{tenant}/series/preview",
            Visitor,
            series::preview_public,
            "What would become of bookings that recur",
        )
        .takes::<series::CreateSeries>()
        .replies::<series::SeriesPreview>(200),
        route(post, "/public/{tenant}/series", Visitor, series::create_public, "Book again and again")
            .takes::<series::CreateSeries>()
            .replies::<series::SeriesView>(201),
        route(post, "/series/preview", desk, series::preview, "What would become of bookings that recur")
            .takes::<series::CreateSeriesForCustomer>()
            .replies::<series::SeriesPreview>(200),
        route(post, "/series", desk, series::create, "Book again and again for a customer")
            .takes::<series::CreateSeriesForCustomer>()
            .replies::<series::MemberSeriesView>(201),
        route(get, "/series/{id}", read, series::show, "Bookings that recur")
            .replies::<series::MemberSeriesView>(200),
        route(
            post,
            "/public/{tenant}/waitlist",
            Visitor,
            waitlist::join_public,
            "Wait for a time to become free",
        )
        .takes::<waitlist::JoinWaitlist>()
        .replies::<waitlist::WaitlistView>(201),
        route(get, "/waitlist", read, waitlist::list, "Who waits for a time")
            .asks::<waitlist::WaitlistQuestion>()
            .lists::<waitlist::MemberWaitlistView>(),
        route(post, "/waitlist", desk, waitlist::join, "Have a customer wait for a time")
            .takes::<waitlist::JoinWaitlist>()
            .replies::<waitlist::MemberWaitlistView>(201),
        route(delete, "/waitlist/{id}", desk, waitlist::destroy, "Take somebody from the waitlist")
            .answers(204),
        route(
            get,
            "/public/{tenant}/bookings/{code}/calendar.ics",
            Visitor,
            bookings::calendar_public,
            "For a calendar (RFC 5545)",
        )
        .asks::<bookings::ByEmail>(),
        route(
            post,
            "/stream/tickets",
            Access::Member(Read),
            stream::create_ticket,
            "A ticket that opens the stream, once",
        )
        .replies::<stream::StreamTicket>(201),
        route(get, "/stream", Anybody, stream::show, "Events as they happen (server-sent), by ticket")
            .asks::<stream::StreamQuestion>(),
        route(get, "/openapi.json", Anybody, openapi::show, "This document"),
    ]
}
