//! Keeps the checked queries independent of the developer's environment.

fn main() {
    // `sqlx::migrate!` embeds the folder, which the compiler does not watch by itself.
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=.sqlx");
    println!("cargo:rerun-if-env-changed=OUTRIGGER_PREPARE");
    // `DATABASE_URL` is also a setting of the sidecar: with it set, sqlx would check the queries against
    // that database, whatever it is. Only `adapters/sqlite/prepare` asks a database, one of its own making.
    if std::env::var_os("OUTRIGGER_PREPARE").is_none() {
        println!("cargo:rustc-env=SQLX_OFFLINE=true");
    }
}
