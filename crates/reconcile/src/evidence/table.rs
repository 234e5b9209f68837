//! Transfers in a table (CSV, RFC 4180), by the word of whoever wrote it.
//!
//! | column | what |
//! |---|---|
//! | `network` | CAIP-2 |
//! | `asset`, `from`, `to` | addresses: the token, who paid, who was paid |
//! | `amount` | the token's smallest unit, a decimal |
//! | `transaction` | its hash |
//! | `nonce` | the authorization's nonce, 32 bytes; optional |
//! | `block`, `log_index` | decimals; optional |
//! | `time` | the block's, Unix seconds; optional |
//!
//! The first row names the columns, in any order. A cell of an optional column may be empty.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use counterfoil_rails::caip::{Asset, ChainId};
use counterfoil_record::Amount;
use csv_core::{ReadRecordResult, Reader};

use super::text::{decimal, hash, utf8};
use super::{EvidenceError, Reason, Transfer};

/// The columns that every table has.
pub const REQUIRED: [&str; 6] = ["network", "asset", "from", "to", "amount", "transaction"];

/// The columns that a table may have.
pub const OPTIONAL: [&str; 4] = ["nonce", "block", "log_index", "time"];

/// More cells than any table can have.
const CELLS_MOST: usize = 16;

/// Reads a table of at most [`FILE_MOST`](super::FILE_MOST) bytes.
///
/// # Errors
/// [`EvidenceError`] with the line, the column and the [`Reason`].
pub fn read(bytes: &[u8]) -> Result<Vec<Transfer>, EvidenceError> {
    let mut rows = Rows::new(utf8(bytes)?.as_bytes());
    let Some(header) = rows.next()? else { return Err(Reason::ColumnMissing.at("the first line")) };
    for name in &header.cells {
        let known = REQUIRED.iter().chain(&OPTIONAL).any(|column| column == name);
        if !known || header.cells.iter().filter(|it| *it == name).count() > 1 {
            return Err(Reason::Column.at("the first line"));
        }
    }
    if let Some(missing) = REQUIRED.iter().find(|column| !header.cells.iter().any(|it| it == *column)) {
        return Err(Reason::ColumnMissing.at(format!("the first line, {missing}")));
    }
    let mut transfers = Vec::new();
    while let Some(row) = rows.next()? {
        transfers.push(Line { columns: &header.cells, row: &row }.transfer()?);
    }
    Ok(transfers)
}

struct Row {
    line: u64,
    cells: Vec<alloc::string::String>,
}

/// A row, with what its cells are.
struct Line<'a> {
    columns: &'a [alloc::string::String],
    row: &'a Row,
}

impl<'a> Line<'a> {
    fn transfer(&self) -> Result<Transfer, EvidenceError> {
        if self.row.cells.len() != self.columns.len() {
            return Err(Reason::Cells.at(format!("line {}", self.row.line)));
        }
        let chain: ChainId = self.required("network", |text| text.parse().map_err(|_| Reason::Chain))?;
        let address = |column| self.required(column, |text: &str| text.parse().map_err(|_| Reason::Address));
        Ok(Transfer {
            asset: Asset { chain, contract: address("asset")? },
            from: address("from")?,
            to: address("to")?,
            amount: self.required("amount", |text| text.parse::<Amount>().map_err(|_| Reason::Decimal))?,
            nonce: self.optional("nonce", hash)?,
            transaction: self.required("transaction", hash)?,
            log_index: self.optional("log_index", decimal)?,
            block: self.optional("block", decimal)?,
            time: self.optional("time", decimal)?,
        })
    }

    fn cell(&self, column: &str) -> Option<&'a str> {
        let place = self.columns.iter().position(|it| it == column)?;
        self.row.cells.get(place).map(alloc::string::String::as_str)
    }

    fn required<T>(
        &self,
        column: &str,
        read: impl Fn(&str) -> Result<T, Reason>,
    ) -> Result<T, EvidenceError> {
        read(self.cell(column).unwrap_or_default())
            .map_err(|reason| reason.at(format!("line {}, {column}", self.row.line)))
    }

    fn optional<T>(
        &self,
        column: &str,
        read: impl Fn(&str) -> Result<T, Reason>,
    ) -> Result<Option<T>, EvidenceError> {
        let cell = self.cell(column).filter(|cell| !cell.is_empty());
        cell.map(|_| self.required(column, read)).transpose()
    }
}

/// The rows of a table, one after the other; empty lines are none.
struct Rows<'a> {
    reader: Reader,
    rest: &'a [u8],
    text: Vec<u8>,
}

impl<'a> Rows<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { reader: Reader::new(), rest: bytes, text: Vec::new() }
    }

    fn next(&mut self) -> Result<Option<Row>, EvidenceError> {
        let line = self.reader.line();
        let (mut ends, mut filled, mut cells) = (vec![0; CELLS_MOST], 0_usize, 0_usize);
        loop {
            let (text, free) = (self.text.get_mut(filled..), ends.get_mut(cells..));
            let (Some(text), Some(free)) = (text, free) else {
                return Err(Reason::Cells.at(format!("line {line}")));
            };
            let (result, read, written, ended) = self.reader.read_record(self.rest, text, free);
            self.rest = self.rest.get(read..).unwrap_or_default();
            filled = filled.saturating_add(written);
            cells = cells.saturating_add(ended);
            match result {
                // The end of the input is told to the reader by an empty one.
                ReadRecordResult::InputEmpty => {}
                // A record has no more bytes than the rest of the file.
                ReadRecordResult::OutputFull => {
                    self.text.resize(self.text.len().saturating_mul(2).max(256), 0);
                }
                ReadRecordResult::OutputEndsFull => return Err(Reason::Cells.at(format!("line {line}"))),
                ReadRecordResult::Record => return self.row(line, ends.get(..cells).unwrap_or_default()),
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    fn row(&self, line: u64, ends: &[usize]) -> Result<Option<Row>, EvidenceError> {
        let mut start = 0;
        let mut cells = Vec::new();
        for end in ends {
            let bytes = self.text.get(start..*end).unwrap_or_default();
            let cell = core::str::from_utf8(bytes).map_err(|_| Reason::NotUtf8.at(format!("line {line}")))?;
            cells.push(cell.into());
            start = *end;
        }
        Ok(Some(Row { line, cells }))
    }
}
