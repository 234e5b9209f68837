//! The values that a check was decided on.

use alloc::vec::Vec;

use crate::codec::{Class, Error, Reader, Wire, Writer};
use crate::text::{Id, Text};
use crate::{Amount, Hash32, Index, Span, Time};

/// The value of an operand.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Operand {
    /// A number: money, a count, an index, a time.
    Number(Amount),
    /// Text.
    Text(Text),
    /// A 32-byte value.
    Hash(Hash32),
    /// Yes or no.
    Flag(bool),
    /// Record indices; none of them is an empty array here, because the operand stands under its name.
    Indices(Vec<Index>),
}

impl Wire for Operand {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Number(value) => value.encode(w),
            Self::Text(value) => value.encode(w),
            Self::Hash(value) => value.encode(w),
            Self::Flag(value) => value.encode(w),
            Self::Indices(value) => value.encode(w),
        }
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        match r.peek().map(|initial| initial >> 5) {
            Some(0 | 6) => r.amount().map(Self::Number),
            Some(2) => Wire::decode(r).map(Self::Hash),
            Some(3) => Wire::decode(r).map(Self::Text),
            Some(4) => {
                let len = r.array()?;
                (0..len).map(|_| Wire::decode(r)).collect::<Result<_, _>>().map(Self::Indices)
            }
            Some(7) => r.bool().map(Self::Flag),
            Some(_) => Err(Class::WrongType.at(r.offset())),
            None => Err(Class::Truncated.at(r.offset())),
        }
    }
}

impl From<Amount> for Operand {
    fn from(value: Amount) -> Self {
        Self::Number(value)
    }
}

impl From<u64> for Operand {
    fn from(value: u64) -> Self {
        Self::Number(Amount::new(u128::from(value)))
    }
}

impl From<Index> for Operand {
    fn from(value: Index) -> Self {
        value.value().into()
    }
}

impl From<Time> for Operand {
    fn from(value: Time) -> Self {
        value.millis().into()
    }
}

impl From<Span> for Operand {
    fn from(value: Span) -> Self {
        value.millis().into()
    }
}

impl From<bool> for Operand {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl From<Hash32> for Operand {
    fn from(value: Hash32) -> Self {
        Self::Hash(value)
    }
}

impl From<Text> for Operand {
    fn from(value: Text) -> Self {
        Self::Text(value)
    }
}

impl From<&Text> for Operand {
    fn from(value: &Text) -> Self {
        Self::Text(value.clone())
    }
}

impl From<&Id> for Operand {
    fn from(value: &Id) -> Self {
        Self::Text(value.into())
    }
}

impl From<&'static str> for Operand {
    fn from(value: &'static str) -> Self {
        Self::Text(Text::shown(value))
    }
}

impl From<Vec<Index>> for Operand {
    fn from(value: Vec<Index>) -> Self {
        Self::Indices(value)
    }
}
