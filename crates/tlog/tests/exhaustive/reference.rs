//! The recursive definitions of RFC 9162, section 2.1, word for word and without any thrift.

use sha2::{Digest, Sha256};

/// Section 2.1.1: the Merkle Tree Hash of a list of entries.
pub(crate) fn mth(entries: &[Vec<u8>]) -> [u8; 32] {
    match entries {
        [] => Sha256::digest([]).into(),
        [entry] => Sha256::digest([&[0x00], entry.as_slice()].concat()).into(),
        _ => {
            let k = split(entries.len());
            let (left, right) = (mth(&entries[..k]), mth(&entries[k..]));
            Sha256::digest([[0x01].as_slice(), &left, &right].concat()).into()
        }
    }
}

/// Section 2.1.3.1: the path of entry `m`.
pub(crate) fn path(m: usize, entries: &[Vec<u8>]) -> Vec<[u8; 32]> {
    let n = entries.len();
    if n == 1 {
        return vec![];
    }
    let k = split(n);
    if m < k {
        let mut path = path(m, &entries[..k]);
        path.push(mth(&entries[k..n]));
        path
    } else {
        let mut path = path(m - k, &entries[k..n]);
        path.push(mth(&entries[..k]));
        path
    }
}

/// Section 2.1.4.1: the consistency proof between the first `m` entries and all.
pub(crate) fn proof(m: usize, entries: &[Vec<u8>]) -> Vec<[u8; 32]> {
    subproof(m, entries, true)
}

fn subproof(m: usize, entries: &[Vec<u8>], known: bool) -> Vec<[u8; 32]> {
    let n = entries.len();
    if m == n {
        return if known { vec![] } else { vec![mth(entries)] };
    }
    let k = split(n);
    if m <= k {
        let mut proof = subproof(m, &entries[..k], known);
        proof.push(mth(&entries[k..n]));
        proof
    } else {
        let mut proof = subproof(m - k, &entries[k..n], false);
        proof.push(mth(&entries[..k]));
        proof
    }
}

/// The largest power of two below `n`.
fn split(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}
