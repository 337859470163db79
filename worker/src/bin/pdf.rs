//! The worker of the queue `pdf`: the one with typst.

fn main() -> std::process::ExitCode {
    worker::process::work(jobs::Queue::Pdf, Some(worker::render_pdf::renderer()))
}
