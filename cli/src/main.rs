//! `counterfoil`: arguments in, one library call, output and exit code out.
//!
//! stdout carries the answer and nothing else; everything else goes to stderr. The exit codes are those of
//! [`exit::Exit`].

extern crate alloc;

mod args;
mod bundle;
mod conform;
mod demo;
mod evidence;
mod exit;
mod explain;
mod files;
mod govern;
mod init;
mod key;
mod manual;
mod pending;
mod policy;
mod rail;
mod reconcile;
mod report;
mod scenario;
mod screen;
mod select;
mod statement;
mod table;
mod terminal;
mod vectors;
mod verify;

use std::env;
use std::process::ExitCode;

use clap::Parser as _;
use counterfoil_review::words::visible;

use args::{Args, Command};
use exit::Failure;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return misused(&error),
    };
    let done = match args.command {
        Command::Init(args) => init::run(&args),
        Command::Key(args) => key::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::Govern(args) => govern::run(&args),
        Command::Pending(args) => pending::run(&args),
        Command::Statement(args) => statement::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Bundle(args) => bundle::run(&args),
        Command::List(args) => select::list(&args),
        Command::Export(args) => select::export(&args),
        Command::CheckExport(args) => select::check(&args),
        Command::Sample(args) => select::sample(&args),
        Command::Reconcile(args) => reconcile::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Vectors(args) => vectors::run(&args),
        Command::Conform(args) => conform::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(),
    }
}

/// Says what is wrong with the arguments. The message quotes them, as they would be if every character were visible.
fn misused(error: &clap::Error) -> ExitCode {
    let shown: Vec<String> = env::args_os().map(|arg| visible(arg.to_string_lossy())).collect();
    match Args::try_parse_from(shown) {
        Err(error) => error.exit(),
        Ok(_) => Failure::new(error).report(),
    }
}
