//! Dispatcher and workers in one process.

fn main() -> std::process::ExitCode {
    worker::process::fleet(worker::render_pdf::renderer())
}
