//! The worker of the queue `maintenance`.

fn main() -> anyhow::Result<()> {
    worker::process::work(jobs::Queue::Maintenance, None)
}
