//! Random calls, compared with a vector and a map.

use alloc::collections::BTreeMap;

use proptest::prelude::*;

use super::{place, reopen};
use crate::contract::all;
use crate::{Aside, Records, SqliteReader, SqliteStore, Store};

#[derive(Clone, Debug)]
enum Call {
    Append(Vec<u8>, Vec<u8>),
    PutCheckpoint(String),
    Erase(u8),
    Close,
    Drop,
}

fn call() -> impl Strategy<Value = Call> {
    let bytes = prop_oneof![
        8 => proptest::collection::vec(any::<u8>(), 0..100),
        1 => (3000_usize..65_536).prop_map(|length| vec![7; length]),
    ];
    prop_oneof![
        8 => (bytes, proptest::collection::vec(0_u8..8, 0..3))
            .prop_map(|(record, asides)| Call::Append(record, asides)),
        1 => "[a-z\n]{0,40}".prop_map(Call::PutCheckpoint),
        1 => (0_u8..8).prop_map(Call::Erase),
        1 => Just(Call::Close),
        1 => Just(Call::Drop),
    ]
}

#[derive(Default)]
struct Model {
    records: Vec<Vec<u8>>,
    asides: BTreeMap<u8, Vec<u8>>,
    checkpoint: Option<String>,
}

impl Model {
    fn assert_is(&self, records: &impl Records) {
        let expected: Vec<_> = (0..).zip(self.records.iter().cloned()).collect();
        assert_eq!(records.len(), u64::try_from(expected.len()).unwrap());
        assert!(all(records, 0).unwrap() == expected);
        for commitment in 0..8 {
            let found = records.aside(&[commitment; 32]).unwrap();
            assert_eq!(found.as_ref(), self.asides.get(&commitment));
        }
        assert_eq!(records.checkpoint().unwrap(), self.checkpoint);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() })]

    #[test]
    fn equals_a_vector_across_reopenings(calls in proptest::collection::vec(call(), 1..40)) {
        let (_directory, path) = place();
        let mut store = SqliteStore::create(&path).unwrap();
        let mut model = Model::default();
        for call in calls {
            match call {
                Call::Append(record, asides) => {
                    let asides: Vec<Aside> = asides.into_iter().map(|commitment| {
                        let bytes = vec![commitment; usize::from(commitment) * 50];
                        model.asides.insert(commitment, bytes.clone());
                        Aside { commitment: [commitment; 32], bytes }
                    }).collect();
                    store.append(store.len(), &record, &asides).unwrap();
                    model.records.push(record);
                }
                Call::PutCheckpoint(text) => {
                    store.put_checkpoint(&text).unwrap();
                    model.checkpoint = Some(text);
                }
                Call::Erase(commitment) => {
                    let erased = store.erase(&[commitment; 32]).unwrap();
                    prop_assert_eq!(erased, model.asides.remove(&commitment).is_some());
                }
                Call::Close => {
                    store.close().unwrap();
                    model.assert_is(&SqliteReader::open(&path).unwrap());
                    store = reopen(&path);
                }
                Call::Drop => {
                    drop(store);
                    model.assert_is(&SqliteReader::open(&path).unwrap());
                    store = reopen(&path);
                }
            }
            model.assert_is(&store);
        }
        model.assert_is(&SqliteReader::open(&path).unwrap());
    }
}
