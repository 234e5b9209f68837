//! `completions` and `man`: what shells and readers of manuals need, made from the arguments themselves.

use std::fs;
use std::io;

use clap::CommandFactory as _;
use counterfoil_review::words::visible;

use crate::args::{Args, Completions, Man};
use crate::exit::{Exit, Failure};
use crate::screen::{line, own};

pub(crate) fn completions(args: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "counterfoil", &mut script);
    own(String::from_utf8_lossy(&script).trim_end())?;
    Ok(Exit::Done)
}

/// One page for the command, and one for each below it: `counterfoil-policy-check.1`.
pub(crate) fn man(args: &Man) -> Result<Exit, Failure> {
    let at = |error: io::Error| Failure::at(args.dir.display(), error);
    fs::create_dir_all(&args.dir).map_err(at)?;
    let mut command = Args::command();
    command.build();
    let mut open = vec![command];
    while let Some(command) = open.pop() {
        let page = clap_mangen::Man::new(command.clone());
        let file = args.dir.join(page.get_filename());
        let mut text = Vec::new();
        page.render(&mut text)?;
        fs::write(&file, text).map_err(|error| Failure::at(file.display(), error))?;
        line(visible(file.display()))?;
        let below = command.get_subcommands().filter(|it| it.get_name() != "help").cloned();
        open.extend(below);
    }
    Ok(Exit::Done)
}
