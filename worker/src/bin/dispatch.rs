//! The dispatcher: relays and schedules.

fn main() -> anyhow::Result<()> {
    worker::process::dispatch()
}
