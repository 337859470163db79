//! The worker of the queue `email`.

fn main() -> anyhow::Result<()> {
    worker::process::work(jobs::Queue::Email, None)
}
