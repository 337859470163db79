//! The worker of the queue `maintenance`.

fn main() -> std::process::ExitCode {
    worker::process::work(jobs::Queue::Maintenance, None)
}
