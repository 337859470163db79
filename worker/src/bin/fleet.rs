//! Dispatcher and workers in one process.

fn main() -> anyhow::Result<()> {
    worker::process::fleet(worker::render_pdf::renderer())
}
