use alloc::vec::Vec;

use super::*;
use crate::hash::leaf_hash;
use crate::memory::MemoryTree;
use crate::prove::prove_inclusion;

fn tree(size: u8) -> (MemoryTree, Vec<Hash>) {
    let leaves: Vec<Hash> = (0..size).map(|entry| leaf_hash(&[entry])).collect();
    let mut tree = MemoryTree::new();
    for leaf in &leaves {
        tree.append(*leaf);
    }
    (tree, leaves)
}

fn subset(bits: u16, leaves: &[Hash]) -> Vec<(u64, Hash)> {
    let chosen = leaves.iter().zip(0_u64..).filter(|(_, index)| bits >> index & 1 == 1);
    chosen.map(|(leaf, index)| (index, *leaf)).collect()
}

#[test]
fn every_set_of_leaves_of_every_small_tree_is_shown_and_no_other() {
    for size in 1..=9_u8 {
        let (tree, leaves) = tree(size);
        let (size, root) = (u64::from(size), tree.root_at(u64::from(size)).unwrap());
        for bits in 1..1_u16 << size {
            let shown = subset(bits, &leaves);
            let indices: Vec<u64> = shown.iter().map(|(index, _)| *index).collect();
            let hashes = prove_inclusions(&tree, &indices, size).unwrap();
            let before = indices.iter().map(|index| tree.root_at(*index).unwrap());
            assert_eq!(verify_inclusions(&shown, size, &hashes, &root), Ok(before.collect()));
            // One leaf less, one more, one moved, one altered: never.
            for other in 1..1_u16 << size {
                if other != bits {
                    let found = verify_inclusions(&subset(other, &leaves), size, &hashes, &root);
                    let wrong_length = InclusionsError::ProofLength { found: hashes.len() };
                    assert!(matches!(found, Err(error)
                        if error == wrong_length || error == InclusionsError::RootMismatch));
                }
            }
            for at in 0..shown.len() {
                let mut altered = shown.clone();
                altered[at].1 = leaf_hash(b"another");
                let found = verify_inclusions(&altered, size, &hashes, &root);
                assert_eq!(found, Err(InclusionsError::RootMismatch));
            }
        }
    }
}

#[test]
fn one_leaf_needs_the_hashes_of_its_path() {
    let (tree, leaves) = tree(130);
    for size in 1..=130_u64 {
        for index in 0..size {
            let mut path = prove_inclusion(&tree, index, size).unwrap();
            let mut hashes = prove_inclusions(&tree, &[index], size).unwrap();
            let root = tree.root_at(size).unwrap();
            let leaf = leaves[usize::try_from(index).unwrap()];
            let before = Ok(alloc::vec![tree.root_at(index).unwrap()]);
            assert_eq!(verify_inclusions(&[(index, leaf)], size, &hashes, &root), before);
            path.sort_unstable();
            hashes.sort_unstable();
            assert_eq!(path, hashes);
        }
    }
}

#[test]
fn refuses_what_is_no_set_of_leaves_and_another_number_of_hashes() {
    let (tree, leaves) = tree(5);
    let root = tree.root_at(5).unwrap();
    let hashes = prove_inclusions(&tree, &[2, 3], 5).unwrap();
    let shown = [(2, leaves[2]), (3, leaves[3])];
    let check = |shown: &[(u64, Hash)], size, hashes: &[Hash]| verify_inclusions(shown, size, hashes, &root);
    assert_eq!(check(&[], 5, &hashes), Err(InclusionsError::NoLeaf));
    assert_eq!(check(&[], 5, &[root]), Err(InclusionsError::NoLeaf));
    assert_eq!(check(&[shown[1], shown[0]], 5, &hashes), Err(InclusionsError::OutOfOrder { index: 2 }));
    assert_eq!(check(&[shown[0], shown[0]], 5, &hashes), Err(InclusionsError::OutOfOrder { index: 2 }));
    let outside = InclusionsError::IndexOutOfRange { index: 3, size: 3 };
    assert_eq!(check(&shown, 3, &hashes), Err(outside));
    assert_eq!(check(&shown, 5, &hashes[..1]), Err(InclusionsError::ProofLength { found: 1 }));
    let longer = [hashes.as_slice(), &[root]].concat();
    assert_eq!(check(&shown, 5, &longer), Err(InclusionsError::ProofLength { found: 3 }));
    for indices in [&[][..], &[3, 2], &[2, 2], &[2, 5]] {
        assert!(matches!(prove_inclusions(&tree, indices, 5), Err(ProveError::IndexOutOfRange { .. })));
    }
}

#[test]
fn a_leaf_at_the_far_end_of_the_largest_tree_takes_few_steps() {
    let hash = leaf_hash(b"a");
    let found = verify_inclusions(&[(u64::MAX - 1, hash)], u64::MAX, &[hash; 63], &hash);
    assert_eq!(found, Err(InclusionsError::RootMismatch));
}
