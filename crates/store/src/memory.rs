//! A store that lasts as long as the process: for tests, vectors and dry runs.

use alloc::collections::BTreeMap;
use core::ops::ControlFlow;

use crate::store::fits;
use crate::{Aside, Records, Store, StoreError};

/// A store in memory. It keeps the whole contract of [`Store`] but one: it is not durable.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    records: Vec<Vec<u8>>,
    asides: BTreeMap<[u8; 32], Vec<u8>>,
    checkpoint: Option<String>,
    poisoned: bool,
}

impl MemoryStore {
    fn usable(&self) -> Result<(), StoreError> {
        if self.poisoned { Err(StoreError::Poisoned) } else { Ok(()) }
    }

    fn appendable(&self, index: u64, record: &[u8], asides: &[Aside]) -> Result<(), StoreError> {
        let expected = self.len();
        if index != expected {
            return Err(StoreError::OutOfOrder { expected, found: index });
        }
        fits(record).map_err(|len| StoreError::TooLong { index, len })?;
        let mut new: BTreeMap<&[u8; 32], &Vec<u8>> = BTreeMap::new();
        for Aside { commitment, bytes } in asides {
            fits(bytes).map_err(|len| StoreError::AsideTooLong { commitment: *commitment, len })?;
            let present = self.asides.get(commitment).or(new.get(commitment).copied());
            if present.is_some_and(|present| present != bytes) {
                return Err(StoreError::AsideConflict { commitment: *commitment });
            }
            new.insert(commitment, bytes);
        }
        Ok(())
    }

    fn poison_on_error(&mut self, result: Result<(), StoreError>) -> Result<(), StoreError> {
        self.poisoned |= result.is_err();
        result
    }
}

impl Records for MemoryStore {
    fn len(&self) -> u64 {
        u64::try_from(self.records.len()).unwrap_or(u64::MAX)
    }

    fn scan(&self, from: u64, each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.usable()?;
        let skipped = usize::try_from(from).unwrap_or(usize::MAX);
        for (record, index) in self.records.iter().skip(skipped).zip(from..) {
            if each(index, record).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn read(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.usable()?;
        Ok(usize::try_from(index).ok().and_then(|index| self.records.get(index)).cloned())
    }

    fn aside(&self, commitment: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        self.usable()?;
        Ok(self.asides.get(commitment).cloned())
    }

    fn checkpoint(&self) -> Result<Option<String>, StoreError> {
        self.usable()?;
        Ok(self.checkpoint.clone())
    }
}

impl Store for MemoryStore {
    fn append(&mut self, index: u64, record: &[u8], asides: &[Aside]) -> Result<(), StoreError> {
        self.usable()?;
        let checked = self.appendable(index, record, asides);
        self.poison_on_error(checked)?;
        self.records.push(record.to_vec());
        self.asides.extend(asides.iter().map(|aside| (aside.commitment, aside.bytes.clone())));
        Ok(())
    }

    fn put_checkpoint(&mut self, checkpoint: &str) -> Result<(), StoreError> {
        self.usable()?;
        let checked = fits(checkpoint.as_bytes()).map_err(|len| StoreError::CheckpointTooLong { len });
        self.poison_on_error(checked)?;
        self.checkpoint = Some(checkpoint.to_owned());
        Ok(())
    }

    fn erase(&mut self, commitment: &[u8; 32]) -> Result<bool, StoreError> {
        self.usable()?;
        Ok(self.asides.remove(commitment).is_some())
    }
}
