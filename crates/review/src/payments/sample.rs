//! A sample that nobody chooses: drawn from the root of the log.

use alloc::format;
use alloc::vec::Vec;

use counterfoil_record::{Hash32, Index};

use super::Row;

/// The name of the method, and the beginning of every text that is hashed by it.
pub const METHOD: &str = "counterfoil/sample/1";

/// A row with its place in the draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket<'r> {
    /// What [`ticket`] gives.
    pub hash: Hash32,
    /// The row.
    pub row: &'r Row,
}

/// SHA-256 of the ASCII text `counterfoil/sample/1 ROOT PAYMENT`: the root as 64 lower-case hexadecimal digits, the
/// payment's index in decimal, one space between. `printf` and `sha256sum` do it too.
pub fn ticket(root: &Hash32, payment: Index) -> Hash32 {
    Hash32::of(&[format!("{METHOD} {root} {payment}").as_bytes()])
}

/// The `size` rows with the smallest tickets, the smallest first, or all where there are fewer. It does not depend on
/// the order of the rows, and a larger sample begins with the smaller.
pub fn draw<'r>(root: &Hash32, rows: impl IntoIterator<Item = &'r Row>, size: usize) -> Vec<Ticket<'r>> {
    let drawn = rows.into_iter().map(|row| Ticket { hash: ticket(root, row.payment), row });
    let mut tickets: Vec<Ticket<'r>> = drawn.collect();
    tickets.sort_unstable_by_key(|ticket| (ticket.hash, ticket.row.payment));
    tickets.truncate(size);
    tickets
}
