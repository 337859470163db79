//! The worker of the queue `email`.

fn main() -> std::process::ExitCode {
    worker::process::work(jobs::Queue::Email, None)
}
