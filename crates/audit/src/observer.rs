//! Watching an audit.

use counterfoil_decide::State;
use counterfoil_record::Record;

use crate::auditor::Checked;

/// Sees the records of a log or a bundle while they are audited.
pub trait Observer {
    /// A record that is the log's and in its place, and the state before it.
    fn before(&mut self, record: &Record, state: &State) {
        let _ = (record, state);
    }

    /// A record that followed, and the state after it.
    fn after(&mut self, checked: &Checked, state: &State) {
        let _ = (checked, state);
    }
}

/// Sees nothing.
impl Observer for () {}
