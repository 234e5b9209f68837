//! Keys under a passphrase. The files in `keys/` are what OpenSSL 3 made of one key that signs nothing; their
//! passphrase is `correct horse battery staple`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a panic is how a test fails"
)]

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_enforce::{FileKey, KeyFileError, Signer as _};
use zeroize::Zeroizing;

/// `openssl genpkey -algorithm ed25519`
const PLAIN: &str = include_str!("keys/plain.pem");
/// `openssl pkcs8 -topk8 -v2 aes-256-cbc`
const PBKDF2: &str = include_str!("keys/pbkdf2.pem");
/// `openssl pkcs8 -topk8 -scrypt`
const SCRYPT: &str = include_str!("keys/scrypt.pem");
/// `openssl pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA1`
const SHA1: &str = include_str!("keys/sha1.pem");
/// `openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES`
const PBES1: &str = include_str!("keys/pbes1.pem");
/// `openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 20000000`
const SLOW: &str = include_str!("keys/slow.pem");
const PASSPHRASE: &str = "correct horse battery staple";

fn read(pem: &str, passphrase: &str) -> Result<FileKey, KeyFileError> {
    FileKey::from_pem_with(pem, || Ok(Zeroizing::new(passphrase.into())))
}

/// The file with the bytes `from`, which stand in it once, replaced.
fn patched(pem: &str, from: &[u8], to: &[u8]) -> String {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let mut der = STANDARD.decode(body).unwrap();
    let found: Vec<usize> = (0..der.len()).filter(|at| der[*at..].starts_with(from)).collect();
    assert_eq!(found.len(), 1, "{from:x?}");
    der.splice(found[0]..found[0] + from.len(), to.iter().copied());
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!(
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n{}\n-----END ENCRYPTED PRIVATE KEY-----\n",
        lines.join("\n")
    )
}

#[test]
fn reads_what_openssl_encrypts() {
    let plain = FileKey::from_pem(PLAIN).unwrap();
    for pem in [PBKDF2, SCRYPT] {
        assert_eq!(read(pem, PASSPHRASE).unwrap().public_key(), plain.public_key());
        let pbes2 = b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d";
        assert_eq!(patched(pem, pbes2, pbes2), pem, "the helper changes nothing else");
    }
}

#[test]
fn decrypts_what_it_encrypts_each_time_under_another_salt() {
    let key = FileKey::from_pem(PLAIN).unwrap();
    let [one, two] = [(); 2].map(|()| key.to_encrypted_pem("pässword").unwrap());
    assert_ne!(one, two);
    for pem in [one, two] {
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        assert_eq!(read(&pem, "pässword").unwrap().public_key(), key.public_key());
        assert!(matches!(read(&pem, "passwort"), Err(KeyFileError::WrongPassphrase)));
    }
}

#[test]
fn an_encrypted_file_that_was_written_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key.pem");
    let key = FileKey::generate().unwrap();
    key.write_new_encrypted(&path, "a passphrase").unwrap();
    let read = FileKey::read_with(&path, || Ok(Zeroizing::new("a passphrase".into()))).unwrap();
    assert_eq!(read.public_key(), key.public_key());
    assert!(matches!(FileKey::read(&path), Err(KeyFileError::NoPassphrase(_))));
}

#[test]
fn another_passphrase_and_altered_bytes_are_refused() {
    for passphrase in ["", "correct horse battery stapl", "Correct horse battery staple"] {
        assert!(matches!(read(PBKDF2, passphrase), Err(KeyFileError::WrongPassphrase)), "{passphrase}");
    }
    let body: String = PBKDF2.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(body).unwrap();
    for at in 0..der.len() {
        let altered = patched(PBKDF2, &der, &{
            let mut der = der.clone();
            der[at] ^= 1;
            der
        });
        // The file is not authenticated: it may decrypt to another key, never to a panic.
        let _ = read(&altered, PASSPHRASE);
    }
}

#[test]
fn nobody_is_asked_about_a_key_that_cannot_be_decrypted() {
    let never = || -> io::Result<Zeroizing<String>> { panic!("asked") };
    for (pem, unknown) in [(PBES1, true), (SLOW, false)] {
        match FileKey::from_pem_with(pem, never) {
            Err(KeyFileError::UnknownEncryption) => assert!(unknown),
            Err(KeyFileError::TooCostly) => assert!(!unknown),
            other => panic!("{other:?}"),
        }
    }
    FileKey::from_pem_with(PLAIN, never).unwrap();
}

#[test]
fn what_asks_for_too_much_memory_or_time_is_refused_before_it_gets_any() {
    // N, r and p of scrypt stand one after the other.
    let cost = b"\x02\x02\x40\x00\x02\x01\x08\x02\x01\x01";
    let memory = patched(SCRYPT, cost, b"\x02\x02\x40\x00\x02\x01\x7f\x02\x01\x01");
    let time = patched(SCRYPT, cost, b"\x02\x02\x40\x00\x02\x01\x08\x02\x01\x7f");
    for pem in [memory.as_str(), &time, SLOW] {
        assert!(matches!(read(pem, PASSPHRASE), Err(KeyFileError::TooCostly)));
    }
}

#[test]
fn a_hash_that_is_not_sound_any_more_is_named_as_unknown() {
    assert!(matches!(read(SHA1, PASSPHRASE), Err(KeyFileError::UnknownEncryption)));
}

#[test]
fn where_nobody_can_be_asked_that_is_the_error() {
    let asked = FileKey::from_pem_with(PBKDF2, || Err(io::ErrorKind::NotFound.into()));
    assert!(
        matches!(asked, Err(KeyFileError::NoPassphrase(error)) if error.kind() == io::ErrorKind::NotFound)
    );
}
