//! `policy show`: a policy in plain words, or its phases drawn.

use counterfoil_review::{Shown, graph};

use crate::args::PolicyShow as Args;
use crate::exit::{Exit, Failure};
use crate::screen::{json, page};

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let policy = super::read(&args.file)?.1;
    if args.graph {
        page(graph(&policy))?;
    } else if args.json {
        json(&Shown::new(&policy))?;
    } else {
        page(Shown::new(&policy).text())?;
    }
    Ok(Exit::Done)
}
