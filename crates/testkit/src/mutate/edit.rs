//! One edit, and how it is drawn.

use ciborium::Value;
use counterfoil_record::codec::Wire as _;
use counterfoil_record::{Record, SignedRecord};

use super::base::Base;
use super::draw::Draw;
use super::lie;
use super::repair::{Item, Repair, Touched, repaired};
use super::tree::{self, CHANGES, Change, Way};

/// An edit of a log. Places are taken modulo what is there, so that a smaller mutation stays one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// A value of a record is changed.
    Value {
        /// Which record.
        record: usize,
        /// Which of its values: header, payload and signature are one tree, counted from its root.
        node: usize,
        /// How.
        change: Change,
    },
    /// A value is replaced by what stands in the same place of another record.
    Transplant {
        /// Which record.
        record: usize,
        /// Which of its values.
        node: usize,
        /// The record that lends its own.
        from: usize,
    },
    /// A record is made to say something else.
    Lie {
        /// Which record.
        record: usize,
        /// Which lie.
        kind: usize,
        /// What it takes.
        with: u64,
    },
    /// The payload is written in another encoding of the same values.
    Encoding {
        /// Which record.
        record: usize,
        /// Which encoding.
        form: usize,
    },
    /// A byte is changed.
    Byte {
        /// Which record.
        record: usize,
        /// The bit, counted from the first byte's lowest.
        bit: usize,
    },
    /// A record is taken out.
    Drop(usize),
    /// A record is put in once more, at another place.
    Repeat(usize, usize),
    /// A record is moved.
    Move(usize, usize),
    /// Two records change places.
    Swap(usize, usize),
    /// Everything from a record on is cut off.
    Cut(usize),
    /// A record of another log is put in: which log, which record, where.
    Foreign(usize, usize, usize),
    /// Nothing is changed.
    Nothing,
}

/// Edits of one base, and how far they are made good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutation {
    /// The base, by its place in the list.
    pub base: usize,
    /// The edits, one after the other.
    pub edits: Vec<Edit>,
    /// How far they are made good.
    pub repair: Repair,
}

/// The parts of a record that are drawn with equal weight, by the ways that lead into them: what stands deep in a trace
/// would else be all that is ever edited.
const PARTS: [&str; 13] = [
    "header",
    "envelope",
    "signature",
    "format",
    "index",
    "prior",
    "prev-control",
    "time",
    "input",
    "outcome",
    "trace",
    "verdict",
    "suppressed",
];

/// The part of a record that `way` leads into. `entry` is the whole tree.
pub fn part(entry: &Value, way: &[Way]) -> &'static str {
    let key = |way: &[Way], at: usize| match (tree::at(entry, way), at) {
        (Some(Value::Map(pairs)), at) => pairs.get(at).and_then(|(key, _)| key.as_integer()).map(i128::from),
        _ => None,
    };
    match way {
        [_, Way::At(0), ..] => "header",
        [_, Way::At(3), ..] => "signature",
        [_, Way::At(2), Way::Inside, Way::At(field), rest @ ..] => match key(&way[..3], *field) {
            Some(1) => "format",
            Some(2) => "index",
            Some(3) => "prior",
            Some(4) => "prev-control",
            Some(5) => "time",
            Some(6) => "input",
            Some(7) => match rest {
                [Way::At(field), ..] => match key(&way[..4], *field) {
                    Some(1) => "outcome",
                    Some(3) => "trace",
                    _ => "verdict",
                },
                [..] => "verdict",
            },
            _ => "suppressed",
        },
        _ => "envelope",
    }
}

impl Edit {
    /// What counts name it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Value { .. } => "value",
            Self::Transplant { .. } => "value of another record",
            Self::Lie { kind, .. } => lie::NAMES[*kind % lie::LIES],
            Self::Encoding { .. } => "encoding",
            Self::Byte { .. } => "byte",
            Self::Drop(_) => "record dropped",
            Self::Repeat(..) => "record repeated",
            Self::Move(..) => "record moved",
            Self::Swap(..) => "records swapped",
            Self::Cut(_) => "tail cut",
            Self::Foreign(..) => "record of another log",
            Self::Nothing => "nothing",
        }
    }

    /// The part of a record that it edits, where it edits one.
    pub fn part(&self, base: &Base) -> Option<&'static str> {
        let (Self::Value { record, node, .. } | Self::Transplant { record, node, .. }) = self else {
            return None;
        };
        let entry = tree::read(&base.entries[record % base.entries.len()])?;
        let ways = tree::ways(&entry);
        Some(part(&entry, &ways[node % ways.len()]))
    }

    /// One of the values of that record, the parts of a record with equal weight.
    pub fn node(base: &Base, record: usize, draw: &mut Draw) -> usize {
        let entry = tree::read(&base.entries[record]).unwrap();
        let ways = tree::ways(&entry);
        let wanted = draw.one(&PARTS);
        let fitting: Vec<usize> = (0..ways.len()).filter(|at| part(&entry, &ways[*at]) == wanted).collect();
        if fitting.is_empty() { draw.below(ways.len()) } else { draw.one(&fitting) }
    }

    fn draw(bases: &[Base], base: usize, draw: &mut Draw) -> Self {
        let len = bases[base].entries.len();
        let record = draw.below(len);
        match draw.below(100) {
            0..16 => Self::Lie { record, kind: draw.below(lie::LIES), with: draw.number() },
            16..58 => {
                let node = Self::node(&bases[base], record, draw);
                let change = Change { which: draw.below(CHANGES), with: draw.number() };
                Self::Value { record, node, change }
            }
            58..68 => {
                let node = Self::node(&bases[base], record, draw);
                Self::Transplant { record, node, from: draw.below(len) }
            }
            68..71 => Self::Encoding { record, form: draw.below(FORMS) },
            71..75 => Self::Byte { record, bit: draw.below(8 * bases[base].entries[record].len()) },
            75..80 => Self::Drop(record),
            80..84 => Self::Repeat(record, draw.below(len + 1)),
            84..87 => Self::Move(record, draw.below(len)),
            87..90 => Self::Swap(record, draw.below(len)),
            90..93 => Self::Cut(record),
            93..97 => {
                let other = draw.below(bases.len());
                Self::Foreign(other, draw.below(bases[other].entries.len()), draw.below(len + 1))
            }
            _ => Self::Nothing,
        }
    }

    fn apply(&self, bases: &[Base], items: &mut Vec<Item>) {
        if items.is_empty() {
            return;
        }
        let len = items.len();
        match self {
            Self::Value { record, node, change } => {
                change_value(&mut items[record % len], *node, &mut |value, _| change.to(value));
            }
            Self::Transplant { record, node, from } => {
                let lender = tree::read(&items[from % len].bytes);
                change_value(&mut items[record % len], *node, &mut |value, way| {
                    if let Some(other) = lender.as_ref().and_then(|lender| tree::at(lender, way)) {
                        *value = other;
                    }
                });
            }
            Self::Lie { record, kind, with } => {
                tell(&mut items[record % len], |record| lie::tell(record, *kind, *with));
            }
            Self::Encoding { record, form } => recode(&mut items[record % len], *form),
            Self::Byte { record, bit } => {
                let item = &mut items[record % len];
                let at = bit / 8 % item.bytes.len();
                item.bytes[at] ^= 1 << (bit % 8);
                item.touched = Touched::Envelope;
            }
            Self::Drop(record) => drop(items.remove(record % len)),
            Self::Repeat(record, to) => items.insert(to % (len + 1), items[record % len].clone()),
            Self::Move(record, to) => {
                let item = items.remove(record % len);
                items.insert(to % len, item);
            }
            Self::Swap(one, other) => items.swap(one % len, other % len),
            Self::Cut(record) => items.truncate(record % len),
            Self::Foreign(other, record, to) => {
                let other = &bases[other % bases.len()].entries;
                let bytes = other[record % other.len()].clone();
                items.insert(to % (len + 1), Item { bytes, touched: Touched::No });
            }
            Self::Nothing => {}
        }
    }
}

/// Changes a value of an entry.
pub fn change_value(item: &mut Item, node: usize, change: &mut dyn FnMut(&mut Value, &[Way])) {
    let Some(mut entry) = tree::read(&item.bytes) else { return };
    let ways = tree::ways(&entry);
    let way = &ways[node % ways.len()];
    tree::edit(&mut entry, way, &mut |value| change(value, way));
    item.bytes = tree::write(&entry);
    let payload = matches!(way.as_slice(), [_, Way::At(2), Way::Inside, ..]);
    item.touched = item.touched.max(if payload { Touched::Payload } else { Touched::Envelope });
}

/// Makes an entry say something else, in the encoding of a record. What is not a record stays.
pub fn tell(item: &mut Item, lie: impl FnOnce(&mut Record)) {
    let Some(mut entry) = tree::read(&item.bytes) else { return };
    let Ok(signed) = SignedRecord::decode(&item.bytes) else { return };
    let mut record = signed.unverified().clone();
    lie(&mut record);
    let payload = record.to_bytes();
    tree::edit(&mut entry, &[Way::At(0), Way::At(2)], &mut |value| *value = Value::Bytes(payload.clone()));
    item.bytes = tree::write(&entry);
    item.touched = item.touched.max(Touched::Payload);
}

/// How many other encodings there are.
const FORMS: usize = 5;

/// Writes the payload of `item` in a form that decodes to the same values by a lenient reader.
fn recode(item: &mut Item, form: usize) {
    let Some(mut entry) = tree::read(&item.bytes) else { return };
    tree::edit(&mut entry, &[Way::At(0), Way::At(2)], &mut |value| {
        let Value::Bytes(bytes) = value else { return };
        // A map of fewer than 24 entries, the first of which is 1 => 1.
        let [head, one, value, rest @ ..] = bytes.as_slice() else { return };
        *bytes = match form % FORMS {
            0 => [&[0xb8, head & 0x1f, *one, *value], rest].concat(),
            1 => [&[0xbf, *one, *value], rest, &[0xff]].concat(),
            2 => [&[*head, 0x18, *one, *value], rest].concat(),
            3 => [&[*head, *one, 0x1b, 0, 0, 0, 0, 0, 0, 0, *value], rest].concat(),
            _ => [&[*head, *one, *value], rest, &[0xf6]].concat(),
        };
    });
    item.bytes = tree::write(&entry);
    item.touched = Touched::Envelope;
}

impl Mutation {
    /// The mutation of that number under `seed`.
    pub fn drawn(bases: &[Base], seed: u64, number: u64) -> Self {
        let mut draw = Draw::new(seed, number);
        let base = draw.below(bases.len());
        let count = if draw.below(10) == 0 { 2 } else { 1 };
        let edits = (0..count).map(|_| Edit::draw(bases, base, &mut draw)).collect();
        let repair = match draw.below(100) {
            0..15 => Repair::Nothing,
            15..35 => Repair::Signature,
            35..80 => Repair::Places,
            _ => Repair::Decisions,
        };
        Self { base, edits, repair }
    }

    /// The log that comes of it.
    pub fn entries(&self, bases: &[Base]) -> Vec<Vec<u8>> {
        let base = &bases[self.base];
        let item = |bytes: &Vec<u8>| Item { bytes: bytes.clone(), touched: Touched::No };
        let mut items: Vec<Item> = base.entries.iter().map(item).collect();
        for edit in &self.edits {
            edit.apply(bases, &mut items);
        }
        repaired(base, items, self.repair)
    }

    /// Mutations that are each smaller by one thing, the smallest first.
    pub fn smaller(&self) -> Vec<Self> {
        let mut all = Vec::new();
        if self.edits.len() > 1 {
            for at in 0..self.edits.len() {
                let mut edits = self.edits.clone();
                edits.remove(at);
                all.push(Self { edits, ..self.clone() });
            }
        }
        let less = Repair::ALL.iter().filter(|repair| **repair < self.repair);
        all.extend(less.map(|repair| Self { repair: *repair, ..self.clone() }));
        for (at, edit) in self.edits.iter().enumerate() {
            let Edit::Value { record, node, change } = edit else { continue };
            for with in [0, 1, 8, change.with / 2] {
                for which in 0..=change.which {
                    let smaller = Change { which, with };
                    if (which, with) < (change.which, change.with) && with <= change.with {
                        let mut edits = self.edits.clone();
                        edits[at] = Edit::Value { record: *record, node: *node, change: smaller };
                        all.push(Self { edits, ..self.clone() });
                    }
                }
            }
        }
        all
    }
}
