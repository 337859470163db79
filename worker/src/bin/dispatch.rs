//! The dispatcher: relays and schedules.

fn main() -> std::process::ExitCode {
    worker::process::dispatch()
}
