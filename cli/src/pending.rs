//! `pending`: what waits for people.

use counterfoil_review::pending::{Entries, pending};

use crate::args::Pending;
use crate::evidence::verified;
use crate::exit::{Exit, Failure};
use crate::screen::{json, page};

pub(crate) fn run(args: &Pending) -> Result<Exit, Failure> {
    let mut entries = Entries::default();
    let (state, time) =
        verified(&args.log, args.trust.as_deref(), &mut |checked, _| entries.observe(&checked.record))?;
    let pending = pending(&state, &entries, time).map_err(|error| Failure::at(args.log.display(), error))?;
    if args.json {
        json(&pending)?;
    } else {
        page(pending.text())?;
    }
    Ok(Exit::Done)
}
