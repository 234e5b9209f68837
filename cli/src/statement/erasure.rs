//! Which private text of a record is to be erased.

use std::path::Path;

use counterfoil_enforce::Command;
use counterfoil_record::private::commitments;
use counterfoil_record::{Hash32, Index, SignedRecord};
use counterfoil_store::Records as _;

use crate::evidence::open_log;
use crate::exit::Failure;

/// The command that erases the text behind the commitment that is stated, or behind the only one that the record has. The
/// log has been verified.
pub(super) fn erasure(log: &Path, record: Index, stated: Option<Hash32>) -> Result<Command, Failure> {
    let place = format!("record {record}");
    let entry = open_log(log)?.read(record.value()).map_err(|error| Failure::at(&place, error))?;
    let entry = entry.ok_or_else(|| Failure::check(format_args!("{place}: there is no such record")))?;
    let signed = SignedRecord::decode(&entry).map_err(|error| Failure::at(&place, error))?;
    let carried = commitments(&signed.unverified().input);
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
