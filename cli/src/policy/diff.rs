//! `policy diff`: what changes from one policy to another.

use counterfoil_review::Diff;

use crate::args::PolicyDiff as Args;
use crate::exit::{Exit, Failure};
use crate::screen::{json, page};

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let (before, after) = (super::read(&args.before)?.1, super::read(&args.after)?.1);
    let diff = Diff::new(&before, &after);
    if args.json {
        json(&diff)?;
    } else {
        page(diff.text())?;
    }
    Ok(Exit::Done)
}
