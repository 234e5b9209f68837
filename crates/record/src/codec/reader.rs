//! Reading deterministic CBOR: a reader that cannot index and must finish.

use core::str;

use super::{Class, Error, Wire};
use crate::Amount;

/// An input of deterministic CBOR, read from the front. [`Reader::finish`] refuses what is left over.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { all: bytes, at: 0 }
    }

    /// Offset of the next byte from the start.
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// The initial byte of the next item, or `None` at the end.
    pub fn peek(&self) -> Option<u8> {
        self.all.get(self.at).copied()
    }

    fn take(&mut self, len: usize, start: usize) -> Result<&'a [u8], Error> {
        let end = self.at.checked_add(len).ok_or(Class::Truncated.at(start))?;
        let taken = self.all.get(self.at..end).ok_or(Class::Truncated.at(start))?;
        self.at = end;
        Ok(taken)
    }

    fn argument(&mut self, width: usize, least: u64, start: usize) -> Result<u64, Error> {
        let value = self.take(width, start)?.iter().fold(0_u64, |acc, byte| (acc << 8) | u64::from(*byte));
        if value < least { Err(Class::LongInteger.at(start)) } else { Ok(value) }
    }

    /// The major type and the argument of the next item.
    fn head(&mut self) -> Result<(u8, u64, usize), Error> {
        let start = self.at;
        let initial = self.take(1, start)?.first().copied().unwrap_or_default();
        let (major, info) = (initial >> 5, initial & 0x1f);
        if major == 7 {
            return match info {
                20..=22 => Ok((7, u64::from(info), start)),
                25..=27 => Err(Class::Float.at(start)),
                28..=30 => Err(Class::Reserved.at(start)),
                31 => Err(Class::IndefiniteLength.at(start)),
                _ => Err(Class::WrongType.at(start)),
            };
        }
        let argument = match info {
            0..=23 => u64::from(info),
            24 => self.argument(1, 24, start)?,
            25 => self.argument(2, 0x100, start)?,
            26 => self.argument(4, 0x1_0000, start)?,
            27 => self.argument(8, 0x1_0000_0000, start)?,
            31 => return Err(Class::IndefiniteLength.at(start)),
            _ => return Err(Class::Reserved.at(start)),
        };
        Ok((major, argument, start))
    }

    fn expect(&mut self, expected: u8) -> Result<(u64, usize), Error> {
        let (major, argument, start) = self.head()?;
        if major == expected { Ok((argument, start)) } else { Err(Class::WrongType.at(start)) }
    }

    fn length(&mut self, expected: u8) -> Result<(usize, usize), Error> {
        let (argument, start) = self.expect(expected)?;
        let len = usize::try_from(argument).map_err(|_| Class::Truncated.at(start))?;
        Ok((len, start))
    }

    /// An unsigned integer.
    ///
    /// # Errors
    /// As [`Class`] says: any other item.
    pub fn uint(&mut self) -> Result<u64, Error> {
        self.expect(0).map(|(value, _)| value)
    }

    /// A negative integer `-1 - n`; gives `n`.
    ///
    /// # Errors
    /// As [`Class`] says: any other item.
    pub fn negative(&mut self) -> Result<u64, Error> {
        self.expect(1).map(|(argument, _)| argument)
    }

    /// An amount: an unsigned integer, or a bignum of 9 to 16 bytes without leading zero.
    ///
    /// # Errors
    /// [`Class::LongInteger`] for a bignum that an integer or fewer bytes could hold,
    /// [`Class::OutOfRange`] above 2^128-1, and as [`Class`] says for any other item.
    pub fn amount(&mut self) -> Result<Amount, Error> {
        if self.peek().is_none_or(|initial| initial >> 5 != 6) {
            return self.uint().map(|value| Amount::new(u128::from(value)));
        }
        let start = self.at;
        self.tag(2)?;
        let bytes = self.bytes(usize::MAX)?;
        if bytes.len() < 9 || bytes.first() == Some(&0) {
            return Err(Class::LongInteger.at(start));
        }
        if bytes.len() > 16 {
            return Err(Class::OutOfRange.at(start));
        }
        Ok(Amount::new(bytes.iter().fold(0_u128, |acc, byte| (acc << 8) | u128::from(*byte))))
    }

    /// A byte string of at most `most` bytes.
    ///
    /// # Errors
    /// [`Class::OutOfRange`] where it is longer, and as [`Class`] says for any other item.
    pub fn bytes(&mut self, most: usize) -> Result<&'a [u8], Error> {
        let (len, start) = self.length(2)?;
        if len > most {
            return Err(Class::OutOfRange.at(start));
        }
        self.take(len, start)
    }

    /// A text string of at most `most` bytes.
    ///
    /// # Errors
    /// [`Class::OutOfRange`] where it is longer, [`Class::NotUtf8`], and as [`Class`] says for any other item.
    pub fn text(&mut self, most: usize) -> Result<&'a str, Error> {
        let (len, start) = self.length(3)?;
        if len > most {
            return Err(Class::OutOfRange.at(start));
        }
        str::from_utf8(self.take(len, start)?).map_err(|_| Class::NotUtf8.at(start))
    }

    /// The head of an array; gives its length.
    ///
    /// # Errors
    /// As [`Class`] says: any other item.
    pub fn array(&mut self) -> Result<usize, Error> {
        self.length(4).map(|(len, _)| len)
    }

    /// The head of an array of exactly `len` items.
    ///
    /// # Errors
    /// [`Class::OutOfRange`] for another length, and as [`Class`] says for any other item.
    pub fn array_of(&mut self, len: usize) -> Result<(), Error> {
        let start = self.at;
        if self.array()? == len { Ok(()) } else { Err(Class::OutOfRange.at(start)) }
    }

    /// The head of a map, to be read field by field.
    ///
    /// # Errors
    /// As [`Class`] says: any other item.
    pub fn map(&mut self) -> Result<Fields<'_, 'a>, Error> {
        let (left, start) = self.length(5)?;
        Ok(Fields { reader: self, left, start, last: None, next: None })
    }

    /// The tag `number`.
    ///
    /// # Errors
    /// [`Class::WrongType`] for another tag or item.
    pub fn tag(&mut self, number: u64) -> Result<(), Error> {
        let (found, start) = self.expect(6)?;
        if found == number { Ok(()) } else { Err(Class::WrongType.at(start)) }
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// As [`Class`] says: any other item.
    pub fn bool(&mut self) -> Result<bool, Error> {
        match self.expect(7)? {
            (20, _) => Ok(false),
            (21, _) => Ok(true),
            (_, start) => Err(Class::WrongType.at(start)),
        }
    }

    /// `null`, if it comes next; nothing is read otherwise.
    pub fn null(&mut self) -> bool {
        let null = self.peek() == Some(0xf6);
        if null {
            self.at = self.at.saturating_add(1);
        }
        null
    }

    /// The end of the input.
    ///
    /// # Errors
    /// [`Class::TrailingBytes`] if anything is left.
    pub fn finish(self) -> Result<(), Error> {
        if self.at == self.all.len() { Ok(()) } else { Err(Class::TrailingBytes.at(self.at)) }
    }
}

/// The pairs of a map, read in rising order of their keys.
#[derive(Debug)]
pub struct Fields<'r, 'a> {
    reader: &'r mut Reader<'a>,
    left: usize,
    start: usize,
    last: Option<u64>,
    next: Option<(u64, usize)>,
}

impl<'a> Fields<'_, 'a> {
    /// Reads the next key, once, and refuses one that does not rise.
    fn key(&mut self) -> Result<Option<(u64, usize)>, Error> {
        if self.next.is_none() {
            let Some(left) = self.left.checked_sub(1) else {
                return Ok(None);
            };
            self.left = left;
            let offset = self.reader.offset();
            let key = self.reader.uint()?;
            match self.last {
                Some(last) if key == last => return Err(Class::DuplicateKey.at(offset)),
                Some(last) if key < last => return Err(Class::UnsortedKeys.at(offset)),
                _ => {}
            }
            self.last = Some(key);
            self.next = Some((key, offset));
        }
        Ok(self.next)
    }

    /// The value under `key`, or the value that stands for its absence.
    ///
    /// # Errors
    /// [`Class::UnknownKey`] if a lower key comes first, [`Class::MissingKey`] if `key` is absent and
    /// required, the key-order classes, and what decoding the value gives.
    pub fn field<T: Wire>(&mut self, key: u64) -> Result<T, Error> {
        self.read(key, T::absent(), T::decode)
    }

    /// What `decode` makes of the value under `key`, which must be there.
    pub(crate) fn required<T>(
        &mut self,
        key: u64,
        decode: impl FnOnce(&mut Reader<'a>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.read(key, None, decode)
    }

    fn read<T>(
        &mut self,
        key: u64,
        absent: Option<T>,
        decode: impl FnOnce(&mut Reader<'a>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match self.key()? {
            Some((found, _)) if found == key => {
                self.next = None;
                decode(self.reader)
            }
            Some((found, offset)) if found < key => Err(Class::UnknownKey.at(offset)),
            _ => absent.ok_or(Class::MissingKey.at(self.start)),
        }
    }

    /// The end of the map.
    ///
    /// # Errors
    /// [`Class::UnknownKey`] if a pair is left, and the key-order classes.
    pub fn finish(mut self) -> Result<(), Error> {
        match self.key()? {
            Some((_, offset)) => Err(Class::UnknownKey.at(offset)),
            None => Ok(()),
        }
    }
}
