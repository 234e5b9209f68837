//! Keys in files: what is read, what is refused, and what is never done to a file.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "a panic is how a test fails"
)]

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;

use counterfoil_enforce::{FileKey, KeyFileError, Signer as _};

/// `openssl genpkey -algorithm ed25519`
const OPENSSL: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEID+pDRszyCCm3FW63rVY6hDLbtFwOJeFZRA1/rpzcBkm
-----END PRIVATE KEY-----
";
/// `openssl pkey -pubout -outform DER | tail -c 32`
const OPENSSL_PUBLIC: &str = "670ee014cbddf88bdfb1dee7ee01d3f7a595550507f9c9201f96f92f5d0fd3d0";
/// `openssl genpkey -algorithm X25519`
const X25519: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIKBsssUwrCKoypmYv4ZZYIjJKvMx+6iGgk9Owz6kiv5T
-----END PRIVATE KEY-----
";
/// `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024`
const RSA: &str = "-----BEGIN PRIVATE KEY-----
MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBAM9NYcZYlxiy6WEd
95yfXxmxBntna47R0HUtRkPzdnF0epgGbOlz9OHJkc4ZWDbZiflMbbpLGgJKZjSr
Asnl8HejmYv8Ck0baJN2nE97s8B8kTW9uA+ndvBDsOlJoINZQl6o10uP2uFwQIU4
yQQPN+0EUZFkA5lnoZODLOlCP0InAgMBAAECgYEArDuMirC8CMdM42V0fmpjJwNP
cWQBlw13doOBJ5+1vpmZ6YkdH/E5egZw351rD1c6LSh02hzfpRuPQx76GCi02hGV
i1WQ8UyMZ9DSFJ+vqhficw9M8yNw2hi7tBArgk3u/fmUddwVjFoJqM2KlBQpmrmX
NNeESD7X0qsdafh6mFECQQD7L00YhSm7z0H0XfLH8lYcvkXQ4jy0pzyIP1LaT9x/
Tsbh565c+799HA0CzoNm75NdEyKUAIV75ojWAwn4gR5FAkEA00a5yq9kSRunQmzT
V6tdwefHjJ9Zg8UY99mtLBNI5eMs6tXG47zbLw8hQ5Gmb4R4N5w+60aaThFzBLmc
1jHLewJBAJsgGULdamq8kwTxyHBHb3sM310je04uQin6wZZl380Xv6fgR0TRjO8d
FcP3+hrmNmIy4RX6RHXCaBuTgOLiCukCQD9Qmq0bErq2BtHpOwyy1k4d37dMqc7L
akgce8ERpm7+PZ/CoO/u0OCxcA6Hv5D76esAb/qiFev/XrCzz0SBd7ECQQCiCWjp
zii7sru6t/tqG+srBdjOuhM2vsrvSQFfCaSIabAOfTM0qkny2wWrTj/6Ob+6iy8y
bHv2v4l6mqYON+JG
-----END PRIVATE KEY-----
";

fn read(bytes: &[u8]) -> Result<FileKey, KeyFileError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key.pem");
    fs::write(&path, bytes).unwrap();
    FileKey::read(&path)
}

#[test]
fn reads_what_openssl_writes() {
    let key = read(OPENSSL.as_bytes()).unwrap();
    assert_eq!(hex::encode(key.public_key().bytes()), OPENSSL_PUBLIC);
    assert!(key.public_key().verify(b"message", &key.sign(b"message").unwrap()));
}

#[test]
fn writes_what_openssl_writes() {
    assert_eq!(*FileKey::from_pem(OPENSSL).unwrap().to_pem().unwrap(), OPENSSL);
}

#[test]
fn reads_what_it_writes_and_only_the_owner_can() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key.pem");
    let key = FileKey::generate().unwrap();
    key.write_new(&path).unwrap();
    assert_eq!(FileKey::read(&path).unwrap().public_key(), key.public_key());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn never_replaces_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let (path, link) = (dir.path().join("key.pem"), dir.path().join("link.pem"));
    fs::write(&path, "precious").unwrap();
    std::os::unix::fs::symlink(dir.path().join("nowhere"), &link).unwrap();
    let key = FileKey::generate().unwrap();
    for path in [&path, &link] {
        match key.write_new(path) {
            Err(KeyFileError::Io(error)) => assert_eq!(error.kind(), ErrorKind::AlreadyExists),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    assert!(!dir.path().join("nowhere").exists());
}

#[test]
fn refuses_everything_but_an_ed25519_key() {
    let cut = &OPENSSL[..OPENSSL.len() - 10];
    let swapped = OPENSSL.replace("MC4CAQ", "MC4CAg");
    for (what, bytes) in [
        ("RSA", RSA.as_bytes()),
        ("X25519", X25519.as_bytes()),
        ("empty", b""),
        ("text", b"this is no key"),
        ("binary", &[0xff, 0xfe, 0, 1, 2]),
        ("cut short", cut.as_bytes()),
        ("another version", swapped.as_bytes()),
        ("a certificate's label", OPENSSL.replace("PRIVATE KEY", "CERTIFICATE").as_bytes()),
        ("two keys", [OPENSSL, OPENSSL].concat().as_bytes()),
    ] {
        assert!(matches!(read(bytes), Err(KeyFileError::NotAKey)), "{what}: {:?}", read(bytes));
    }
}

#[test]
fn refuses_a_file_longer_than_any_key() {
    for filler in [b'\n', 0xc3] {
        let mut long = OPENSSL.as_bytes().to_vec();
        long.resize(16 * 1024 + 1, filler);
        assert!(matches!(read(&long), Err(KeyFileError::TooLong)));
    }
}

#[test]
fn says_where_there_is_no_file() {
    match FileKey::read("/nonexistent/key.pem".as_ref()) {
        Err(KeyFileError::Io(error)) => assert_eq!(error.kind(), ErrorKind::NotFound),
        other => panic!("{other:?}"),
    }
}
