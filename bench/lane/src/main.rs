//! Starts the spike: one line of JSON on standard output says where it listens.

use std::{env, error::Error, io::Write};

use outrigger_lane::{Settings, serve};
use tikv_jemallocator::Jemalloc;
use tokio::{net::TcpListener, runtime::Builder};

/// The same as the sidecar's.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings {
        jwt_secret: env::var("JWT_SECRET")?,
        internal_secret: env::var("INTERNAL_SECRET")?,
        lane: env::var("LANE").as_deref() != Ok("off"),
    };
    let threads: usize = env::var("LANE_THREADS").map_or(Ok(1), |threads| threads.parse())?;
    let runtime = if threads == 1 {
        Builder::new_current_thread().enable_all().build()?
    } else {
        Builder::new_multi_thread().worker_threads(threads).enable_all().build()?
    };
    runtime.block_on(async {
        let (public, internal) =
            (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
        let (at, inside) = (public.local_addr()?, internal.local_addr()?);
        writeln!(std::io::stdout().lock(), r#"{{"public":"{at}","internal":"{inside}"}}"#)?;
        serve(settings, public, internal).await
    })?;
    Ok(())
}
