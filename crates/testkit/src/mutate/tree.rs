//! An entry as a tree of CBOR values, down into the byte strings that hold CBOR themselves: headers, payloads, statements,
//! policies. No field has to be known by name, so none is forgotten.

use ciborium::Value;

/// The way from a value to one inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The element of an array, or the value of a map's entry, at this position; of a tag, its content at 0.
    At(usize),
    /// What a byte string encodes.
    Inside,
}

/// How a value is changed. What a number means depends on what is there; each is something for every type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which of the changes for that type.
    pub which: usize,
    /// What it is done with: a position, a bit, a value.
    pub with: u64,
}

/// The values in `bytes`, if they are CBOR that encodes to the same bytes again.
pub fn read(bytes: &[u8]) -> Option<Value> {
    let value: Value = ciborium::from_reader(bytes).ok()?;
    (write(&value) == bytes).then_some(value)
}

/// The bytes of `value`, its maps in the order that they have.
pub fn write(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

/// The tree that a byte string holds: not single numbers, which any bytes can be.
fn inside(bytes: &[u8]) -> Option<Value> {
    let holds = bytes.first().is_some_and(|first| matches!(first >> 5, 4..=6));
    if holds { read(bytes) } else { None }
}

/// The way to every value in `value`, itself first.
pub fn ways(value: &Value) -> Vec<Vec<Way>> {
    let mut all = Vec::new();
    walk(value, &mut Vec::new(), &mut all);
    all
}

fn walk(value: &Value, way: &mut Vec<Way>, all: &mut Vec<Vec<Way>>) {
    all.push(way.clone());
    let mut into = |step: Way, value: &Value| {
        way.push(step);
        walk(value, way, all);
        way.pop();
    };
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| into(Way::At(at), item)),
        Value::Map(pairs) => pairs.iter().enumerate().for_each(|(at, (_, item))| into(Way::At(at), item)),
        Value::Tag(_, item) => into(Way::At(0), item),
        Value::Bytes(bytes) => {
            if let Some(item) = inside(bytes) {
                into(Way::Inside, &item);
            }
        }
        _ => {}
    }
}

/// What stands at `way`.
pub fn at(value: &Value, way: &[Way]) -> Option<Value> {
    let Some((step, rest)) = way.split_first() else { return Some(value.clone()) };
    match (value, step) {
        (Value::Array(items), Way::At(place)) => at(items.get(*place)?, rest),
        (Value::Map(pairs), Way::At(place)) => at(&pairs.get(*place)?.1, rest),
        (Value::Tag(_, item), Way::At(0)) => at(item, rest),
        (Value::Bytes(bytes), Way::Inside) => at(&inside(bytes)?, rest),
        _ => None,
    }
}

/// Changes what stands at `way`; does nothing where there is no such way.
pub fn edit(value: &mut Value, way: &[Way], change: &mut dyn FnMut(&mut Value)) {
    let Some((step, rest)) = way.split_first() else { return change(value) };
    match (value, step) {
        (Value::Array(items), Way::At(place)) => {
            if let Some(item) = items.get_mut(*place) {
                edit(item, rest, change);
            }
        }
        (Value::Map(pairs), Way::At(place)) => {
            if let Some((_, item)) = pairs.get_mut(*place) {
                edit(item, rest, change);
            }
        }
        (Value::Tag(_, item), Way::At(0)) => edit(item, rest, change),
        (Value::Bytes(bytes), Way::Inside) => {
            if let Some(mut item) = inside(bytes) {
                edit(&mut item, rest, change);
                *bytes = write(&item);
            }
        }
        _ => {}
    }
}

/// How many changes there are for any type.
pub const CHANGES: usize = 8;

impl Change {
    /// Changes `value` by this.
    pub fn to(self, value: &mut Value) {
        match value {
            Value::Integer(number) => *value = self.of_number(i128::from(*number)),
            Value::Bool(flag) => *value = if self.which < 6 { Value::Bool(!*flag) } else { Value::Null },
            Value::Text(text) => self.of_text(text),
            Value::Bytes(bytes) => self.of_bytes(bytes),
            Value::Array(items) => self.of_list(items),
            Value::Map(pairs) => self.of_map(pairs),
            Value::Tag(tag, item) => match self.which {
                0..=3 => *tag = tag.wrapping_add(1),
                _ => *value = (**item).clone(),
            },
            _ => *value = Value::from(self.with % 3),
        }
    }

    fn of_number(self, number: i128) -> Value {
        let most = u64::MAX;
        let clamp = |number: i128| Value::from(u64::try_from(number.clamp(0, i128::from(most))).unwrap());
        match self.which {
            0 => clamp(number + 1),
            1 => clamp(number - 1),
            2 => clamp(number ^ (1 << (self.with % 20))),
            3 => clamp(if number == 0 { 2 } else { 0 }),
            4 => clamp(i128::from(self.with % 64)),
            5 => clamp(number * 1000),
            6 => Value::from(most),
            _ if self.with.is_multiple_of(3) => Value::Float(1.0),
            _ if self.with % 3 == 1 => Value::from(-1),
            _ => Value::Text("1".into()),
        }
    }

    fn of_text(self, text: &mut String) {
        match self.which {
            0 => text.push('x'),
            1 => drop(text.pop()),
            2 | 3 => {
                let at = self.place(text.chars().count());
                let other = |(here, char): (usize, char)| match char {
                    char if here != at => char,
                    '0' => '1',
                    'a' => 'b',
                    _ => '0',
                };
                *text = text.chars().enumerate().map(other).collect();
            }
            4 => text.clear(),
            5 => *text = text.to_uppercase(),
            6 => text.push('\u{202e}'),
            _ => text.insert(0, ' '),
        }
    }

    fn of_bytes(self, bytes: &mut Vec<u8>) {
        let at = self.place(bytes.len());
        match self.which {
            0..=3 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << (self.with % 8);
                }
            }
            4 => bytes.push(0),
            5 => drop(bytes.pop()),
            6 => bytes.clear(),
            _ => bytes.fill(0),
        }
    }

    fn of_list(self, items: &mut Vec<Value>) {
        let at = self.place(items.len());
        match self.which {
            _ if items.is_empty() => items.push(Value::from(0)),
            0..=2 => drop(items.remove(at)),
            3 | 4 => items.insert(at, items[at].clone()),
            5 => items.rotate_left(1),
            6 => items.push(Value::Null),
            _ => items.clear(),
        }
    }

    fn of_map(self, pairs: &mut Vec<(Value, Value)>) {
        let at = self.place(pairs.len());
        let key = Value::from(self.with >> 8 & 31);
        let sort = |pairs: &mut Vec<(Value, Value)>| {
            pairs.sort_by_key(|(key, _)| key.as_integer().map_or(i128::MAX, i128::from));
        };
        match self.which {
            _ if pairs.is_empty() => pairs.push((key, Value::from(0))),
            0..=2 => drop(pairs.remove(at)),
            3 => {
                let value = pairs[at].1.clone();
                pairs.push((key, value));
                sort(pairs);
            }
            4 => {
                pairs.push((key, Value::from(self.with % 7)));
                sort(pairs);
            }
            5 => {
                pairs[at].0 = key;
                sort(pairs);
            }
            6 => pairs.insert(at, pairs[at].clone()),
            _ => pairs.rotate_left(1),
        }
    }

    fn place(self, len: usize) -> usize {
        usize::try_from(self.with >> 3 & 0xffff).unwrap() % len.max(1)
    }
}
