//! `policy`: what there is to know about a policy before it is put in force.

mod backtest;
mod check;
mod diff;
mod show;
mod suggest;
mod test;

use std::path::Path;

use counterfoil_decide::policy::{Policy, PolicyError, compile};

use crate::args::{Policy as Args, PolicyCommand};
use crate::evidence::read_text;
use crate::exit::{Exit, Failure};

pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        PolicyCommand::Check(args) => check::run(args),
        PolicyCommand::Show(args) => show::run(args),
        PolicyCommand::Diff(args) => diff::run(args),
        PolicyCommand::Backtest(args) => backtest::run(args),
        PolicyCommand::Test(args) => test::run(args),
    }
}

/// Reads and compiles a policy; every problem is named with file, line, column and key.
pub(crate) fn read(file: &Path) -> Result<(String, Policy), Failure> {
    let source = read_text(file)?;
    let policy = compile(&source).map_err(|error| does_not_compile(file, &error))?;
    Ok((source, policy))
}

fn does_not_compile(file: &Path, error: &PolicyError) -> Failure {
    let say = |problem| format!("{}: {}", file.display(), suggest::with_suggestion(problem));
    Failure::checks(error.problems.iter().map(say))
}
