//! Evidence vectors.

use crate::vectors::Evidence;

/// Every evidence vector.
pub fn all() -> Vec<Evidence> {
    Vec::new()
}
