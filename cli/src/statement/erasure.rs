//! Which private text of a record is to be erased.

use std::path::Path;

use counterfoil_decide::State;
use counterfoil_enforce::Command;
use counterfoil_record::private::commitments;
use counterfoil_record::{Hash32, Index, Record, Time};

use crate::evidence::verified;
use crate::exit::Failure;

/// What a log that verifies comes to, and its record of that index.
pub(super) fn verified_with(
    log: &Path,
    trust: Option<&Path>,
    named: Option<Index>,
) -> Result<((State, Time), Option<Record>), Failure> {
    let mut audited = None;
    let stands = verified(log, trust, &mut |checked, _| {
        if named == Some(checked.record.index) {
            audited = Some(checked.record.clone());
        }
    })?;
    Ok((stands, audited))
}

/// The command that erases the text behind the commitment that is stated, or behind the only one that the record has.
/// `audited` is that record of the log that was verified; none where it has none.
pub(super) fn erasure(
    record: Index,
    audited: Option<&Record>,
    stated: Option<Hash32>,
) -> Result<Command, Failure> {
    let place = format!("record {record}");
    let audited = audited.ok_or_else(|| Failure::check(format_args!("{place}: there is no such record")))?;
    let carried = commitments(&audited.input);
    let listed = || {
        let each = carried.iter().map(|(kind, commitment)| format!("{} ({kind})", commitment.0));
        each.collect::<Vec<_>>().join(", ")
    };
    let commitment = match (stated, carried.as_slice()) {
        (_, []) => return Err(Failure::check(format_args!("{place} has no private text"))),
        (None, [(_, only)]) => only.0,
        (None, _) => {
            return Err(Failure::at(place, format_args!("state with --commitment one of {}", listed())));
        }
        (Some(stated), _) if carried.iter().any(|(_, it)| it.0 == stated) => stated,
        (Some(stated), _) => {
            let message = format_args!("{place} has no commitment {stated}, but {}", listed());
            return Err(Failure::check(message));
        }
    };
    Ok(Command::Erase { record, commitment, statements: Vec::new(), reason: None })
}
