//! [`Wire`]: how one type stands in the format, and the macros that say it for structs and enums.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;

use super::{Class, Error, Reader, Writer};
use crate::{Amount, Hash32, Index, Span, Time};

/// A value with exactly one encoding.
pub trait Wire: Sized {
    /// Appends the encoding.
    fn encode(&self, w: &mut Writer);

    /// Reads one value.
    ///
    /// # Errors
    /// As [`Class`] says: anything that [`Wire::encode`] would not have written.
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error>;

    /// True where this value is written by leaving its field out.
    fn is_absent(&self) -> bool {
        false
    }

    /// The value that an absent field stands for; `None` where the field is required.
    fn absent() -> Option<Self> {
        None
    }

    /// The whole encoding.
    fn to_bytes(&self) -> Vec<u8> {
        let mut w = Writer::new();
        self.encode(&mut w);
        w.into_bytes()
    }

    /// Reads one value that takes up all of `bytes`.
    ///
    /// # Errors
    /// As [`Wire::decode`], and [`Class::TrailingBytes`].
    fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut r = Reader::new(bytes);
        let value = Self::decode(&mut r)?;
        r.finish()?;
        Ok(value)
    }
}

/// A value that is a map of small keys, from 1 on.
pub trait WireMap: Wire {
    /// Appends the encoding as if the field of the key `left_out` were absent.
    fn encode_without(&self, left_out: u64, w: &mut Writer);
}

impl<T: Wire> Wire for Option<T> {
    fn encode(&self, w: &mut Writer) {
        match self {
            Some(value) => value.encode(w),
            None => w.null(),
        }
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        T::decode(r).map(Some)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// Writes and reads a sequence as an array that is left out when it is empty.
macro_rules! wire_sequence {
    ($container:ident < $($parameter:ident $(: $bound:ident)?),+ >, $item:ty, $encode:expr, $decode:expr) => {
        impl<$($parameter: Wire $(+ $bound)?),+> Wire for $container<$($parameter),+> {
            fn encode(&self, w: &mut Writer) {
                w.array(self.len());
                for item in self {
                    $encode(item, w);
                }
            }

            fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
                let start = r.offset();
                let len = r.array()?;
                if len == 0 {
                    return Err(Class::EmptyList.at(start));
                }
                let mut items = Vec::new();
                for _ in 0..len {
                    items.push($decode(r, items.last())?);
                }
                Ok(items.into_iter().collect())
            }

            fn is_absent(&self) -> bool {
                self.is_empty()
            }

            fn absent() -> Option<Self> {
                Some(Self::new())
            }
        }
    };
}

wire_sequence!(Vec<T>, T, |item: &T, w: &mut Writer| item.encode(w), |r: &mut Reader<'_>, _: Option<&T>| {
    T::decode(r)
});
wire_sequence!(
    VecDeque<T>,
    T,
    |item: &T, w: &mut Writer| item.encode(w),
    |r: &mut Reader<'_>, _: Option<&T>| { T::decode(r) }
);
wire_sequence!(
    BTreeSet<T: Ord>,
    T,
    |item: &T, w: &mut Writer| item.encode(w),
    |r: &mut Reader<'_>, last: Option<&T>| rising(r, last, T::decode, |item| item)
);
wire_sequence!(
    BTreeMap<K: Ord, V>,
    (K, V),
    |(key, value): (&K, &V), w: &mut Writer| {
        w.array(2);
        key.encode(w);
        value.encode(w);
    },
    |r: &mut Reader<'_>, last: Option<&(K, V)>| rising(r, last, pair, |(key, _)| key)
);

fn pair<K: Wire, V: Wire>(r: &mut Reader<'_>) -> Result<(K, V), Error> {
    r.array_of(2)?;
    Ok((K::decode(r)?, V::decode(r)?))
}

/// One item of a sequence whose keys rise.
fn rising<T, K: Ord>(
    r: &mut Reader<'_>,
    last: Option<&T>,
    decode: impl Fn(&mut Reader<'_>) -> Result<T, Error>,
    key: impl Fn(&T) -> &K,
) -> Result<T, Error> {
    let start = r.offset();
    let item = decode(r)?;
    match last.map(|last| key(last).cmp(key(&item))) {
        None | Some(core::cmp::Ordering::Less) => Ok(item),
        Some(core::cmp::Ordering::Equal) => Err(Class::DuplicateKey.at(start)),
        Some(core::cmp::Ordering::Greater) => Err(Class::UnsortedKeys.at(start)),
    }
}

impl Wire for u64 {
    fn encode(&self, w: &mut Writer) {
        w.uint(*self);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.uint()
    }
}

impl Wire for bool {
    fn encode(&self, w: &mut Writer) {
        w.bool(*self);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.bool()
    }
}

impl Wire for Amount {
    fn encode(&self, w: &mut Writer) {
        w.amount(*self);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.amount()
    }
}

impl Wire for Index {
    fn encode(&self, w: &mut Writer) {
        w.uint(self.value());
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.uint().map(Self::new)
    }
}

impl Wire for Time {
    fn encode(&self, w: &mut Writer) {
        w.uint(self.millis());
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.uint().map(Self::from_millis)
    }
}

impl Wire for Span {
    fn encode(&self, w: &mut Writer) {
        w.uint(self.millis());
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.uint().map(Self::from_millis)
    }
}

impl Wire for Hash32 {
    fn encode(&self, w: &mut Writer) {
        w.bytes(self.bytes());
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        fixed(r).map(Self)
    }
}

/// A byte string of exactly `N` bytes.
pub(crate) fn fixed<const N: usize>(r: &mut Reader<'_>) -> Result<[u8; N], Error> {
    let start = r.offset();
    r.bytes(N)?.try_into().map_err(|_| Class::OutOfRange.at(start))
}

/// A struct that is a map of small keys on the wire: `key => field: type`, keys rising.
#[macro_export]
macro_rules! wire_map {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$fmeta:meta])* $key:literal => $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
        pub struct $name { $($(#[$fmeta])* pub $field: $ty),* }

        impl $crate::codec::WireMap for $name {
            fn encode_without(&self, left_out: u64, w: &mut $crate::codec::Writer) {
                let present = [$($key != left_out && !$crate::codec::Wire::is_absent(&self.$field)),*];
                w.map(present.iter().filter(|present| **present).count());
                $(if $key != left_out && !$crate::codec::Wire::is_absent(&self.$field) {
                    w.uint($key);
                    $crate::codec::Wire::encode(&self.$field, w);
                })*
            }
        }

        impl $crate::codec::Wire for $name {
            fn encode(&self, w: &mut $crate::codec::Writer) {
                // No key is 0.
                $crate::codec::WireMap::encode_without(self, 0, w);
            }

            fn decode(r: &mut $crate::codec::Reader<'_>) -> Result<Self, $crate::codec::Error> {
                let mut fields = r.map()?;
                $(let $field = fields.field::<$ty>($key)?;)*
                fields.finish()?;
                Ok(Self { $($field),* })
            }
        }
    };
}

/// An enum whose variants each hold one value: `[number, value]` on the wire, `type` in JSON.
#[macro_export]
macro_rules! wire_choice {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $number:literal => $variant:ident($ty:ty)),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
        #[serde(tag = "type", rename_all = "kebab-case")]
        pub enum $name { $($(#[$vmeta])* $variant($ty)),* }

        impl $crate::codec::Wire for $name {
            fn encode(&self, w: &mut $crate::codec::Writer) {
                w.array(2);
                match self { $(Self::$variant(value) => {
                    w.uint($number);
                    $crate::codec::Wire::encode(value, w);
                })* }
            }

            fn decode(r: &mut $crate::codec::Reader<'_>) -> Result<Self, $crate::codec::Error> {
                r.array_of(2)?;
                let start = r.offset();
                match r.uint()? {
                    $($number => $crate::codec::Wire::decode(r).map(Self::$variant),)*
                    _ => Err($crate::codec::Class::OutOfRange.at(start)),
                }
            }
        }
    };
}

/// An enum of bare names: a small number on the wire, a stable kebab-case code everywhere else. What stands above each
/// is its documentation and, for whoever reads an answer, its meaning.
#[macro_export]
macro_rules! wire_code {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[doc = $meaning:literal])+ $number:literal => $variant:ident = $code:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[doc = $meaning])+ $variant),* }

        impl $name {
            /// Every value, in the order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable kebab-case name.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// What it means, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($meaning),+).trim_ascii()),* }
            }

            /// The number that stands for it on the wire.
            pub const fn number(self) -> u64 {
                match self { $(Self::$variant => $number),* }
            }

            /// The value of that name.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.code())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl $crate::codec::Wire for $name {
            fn encode(&self, w: &mut $crate::codec::Writer) {
                w.uint(self.number());
            }

            fn decode(r: &mut $crate::codec::Reader<'_>) -> Result<Self, $crate::codec::Error> {
                let start = r.offset();
                match r.uint()? {
                    $($number => Ok(Self::$variant),)*
                    _ => Err($crate::codec::Class::OutOfRange.at(start)),
                }
            }
        }
    };
}
