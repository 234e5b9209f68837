//! Writes a long log to measure with: `make-log 100000 FOLDER` makes FOLDER with `log.sqlite` and `trust.toml`. Each record
//! is made durable, so that a folder in memory is much faster.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::std_instead_of_alloc,
    reason = "a log that cannot be made is a failure, and stops the program"
)]

use std::path::Path;
use std::{env, fs};

use counterfoil_store::{Records as _, SqliteStore};
use counterfoil_testkit::{busy, keys};

fn main() {
    let mut args = env::args().skip(1);
    let records: u64 = args.next().expect("how many records").parse().expect("a number of records");
    let folder = args.next().expect("the folder to make");
    let folder = Path::new(&folder);
    fs::create_dir(folder).unwrap();
    let mut core = busy::open(SqliteStore::create(&folder.join("log.sqlite")).unwrap());
    busy::fill(&mut core, records, |at| {
        if at % 100_000 < 500 {
            eprintln!("{at} records");
        }
    });
    core.checkpoint().unwrap();
    let store = core.into_store();
    let checkpoint = store.checkpoint().unwrap().expect("a checkpoint");
    println!("{} records", store.len());
    store.close().unwrap();
    let trust = format!(
        "origin = \"{}\"\nlog = \"{}\"\nrequire = \"pinned-checkpoint\"\ncheckpoint = \"\"\"\n{checkpoint}\"\"\"\n",
        keys::ORIGIN,
        keys::log_named()
    );
    fs::write(folder.join("trust.toml"), trust).unwrap();
}
