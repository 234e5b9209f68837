//! Writing deterministic CBOR. Every method appends one item head, or one whole scalar item.

use alloc::vec::Vec;

use crate::Amount;

/// An output of deterministic CBOR.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// An empty output.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn head(&mut self, major: u8, argument: u64) {
        let major = major << 5;
        let be = argument.to_be_bytes();
        match argument {
            0..=23 => self.out.push(major | be[7]),
            24..=0xff => self.out.extend([major | 0x18, be[7]]),
            0x100..=0xffff => {
                self.out.push(major | 0x19);
                self.out.extend(be.iter().skip(6));
            }
            0x1_0000..=0xffff_ffff => {
                self.out.push(major | 0x1a);
                self.out.extend(be.iter().skip(4));
            }
            _ => {
                self.out.push(major | 0x1b);
                self.out.extend(be);
            }
        }
    }

    fn length(len: usize) -> u64 {
        u64::try_from(len).unwrap_or(u64::MAX)
    }

    /// An unsigned integer.
    pub fn uint(&mut self, value: u64) {
        self.head(0, value);
    }

    /// The negative integer `-1 - argument`.
    pub fn negative(&mut self, argument: u64) {
        self.head(1, argument);
    }

    /// An amount: an unsigned integer, or above 2^64-1 a tag 2 bignum without leading zeros.
    pub fn amount(&mut self, value: Amount) {
        if let Ok(small) = u64::try_from(value.units()) {
            self.uint(small);
        } else {
            let be = value.units().to_be_bytes();
            let significant: Vec<u8> = be.into_iter().skip_while(|byte| *byte == 0).collect();
            self.head(6, 2);
            self.bytes(&significant);
        }
    }

    /// A byte string.
    pub fn bytes(&mut self, value: &[u8]) {
        self.head(2, Self::length(value.len()));
        self.out.extend_from_slice(value);
    }

    /// A text string.
    pub fn text(&mut self, value: &str) {
        self.head(3, Self::length(value.len()));
        self.out.extend_from_slice(value.as_bytes());
    }

    /// The head of an array of `len` items.
    pub fn array(&mut self, len: usize) {
        self.head(4, Self::length(len));
    }

    /// The head of a map of `len` pairs; the caller writes keys in rising order.
    pub fn map(&mut self, len: usize) {
        self.head(5, Self::length(len));
    }

    /// A tag.
    pub fn tag(&mut self, number: u64) {
        self.head(6, number);
    }

    /// `true` or `false`.
    pub fn bool(&mut self, value: bool) {
        self.out.push(if value { 0xf5 } else { 0xf4 });
    }

    /// `null`.
    pub fn null(&mut self) {
        self.out.push(0xf6);
    }
}
