//! The worker of the queue `pdf`.

fn main() -> anyhow::Result<()> {
    worker::process::work(jobs::Queue::Pdf)
}
