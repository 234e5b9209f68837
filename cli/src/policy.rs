//! `policy`: checking a policy before it is put in force.

mod backtest;
mod test;

use std::path::Path;

use counterfoil_decide::policy::{Policy, compile};

use crate::args::{Policy as Args, PolicyCommand};
use crate::evidence::read_text;
use crate::exit::{Exit, Failure};
use crate::screen::line;

pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        PolicyCommand::Check { file } => check(file),
        PolicyCommand::Backtest(args) => backtest::run(args),
        PolicyCommand::Test(args) => test::run(args),
    }
}

fn check(file: &Path) -> Result<Exit, Failure> {
    let policy = read(file)?.1;
    line(format_args!("{} version {} compiles", policy.name, policy.version))?;
    line(format_args!("digest {}", policy.digest()))?;
    Ok(Exit::Done)
}

/// Reads and compiles a policy; every problem is named with file, line and column.
pub(crate) fn read(file: &Path) -> Result<(String, Policy), Failure> {
    let source = read_text(file)?;
    let policy = compile(&source).map_err(|error| {
        let problems = error.problems.iter().map(|problem| format!("{}: {problem}", file.display()));
        Failure::check(problems.collect::<Vec<_>>().join("\n"))
    })?;
    Ok((source, policy))
}
