//! Keys under a passphrase: PKCS#8 `EncryptedPrivateKeyInfo` with PBES2, as OpenSSL writes it.
//!
//! What it costs to derive a key stands in the file itself. It is bounded before anything is derived, so that a
//! file of somebody else's making can neither take the memory nor the hours that it asks for.

use pkcs8::der::Decode as _;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::pem::{LineEnding, PemLabel as _};
use pkcs8::der::zeroize::Zeroizing;
use pkcs8::pkcs5::pbes2::{Kdf, Parameters};
use pkcs8::pkcs5::scrypt::Params;
use pkcs8::pkcs5::{EncryptionScheme, Error as Pkcs5Error};
use pkcs8::{EncryptedPrivateKeyInfo, EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument};

use super::KeyFileError;

/// The most rounds of PBKDF2.
const ROUNDS_MOST: u32 = 10_000_000;
/// The most memory of scrypt, in bytes.
const MEMORY_MOST: u64 = 160 * 1024 * 1024;
/// The most work of scrypt: its memory as often as it goes over it.
const WORK_MOST: u64 = 1024 * 1024 * 1024;

/// What a new file costs: scrypt with N = 2^14, r = 8, p = 5, which OpenSSL still takes by default.
const NEW: (u8, u32, u32) = (14, 8, 5);

/// True if the PEM text says that it is an encrypted key.
pub(super) fn is_encrypted(pem: &str) -> bool {
    let label = EncryptedPrivateKeyInfoRef::PEM_LABEL;
    pem.lines().any(|line| {
        line.trim_end().strip_prefix("-----BEGIN ").is_some_and(|it| it.strip_suffix("-----") == Some(label))
    })
}

/// An encrypted key whose cost is bounded.
pub(super) struct Encrypted(SecretDocument);

impl Encrypted {
    pub(super) fn parse(pem: &str) -> Result<Self, KeyFileError> {
        let (label, document) = SecretDocument::from_pem(pem).map_err(|_| KeyFileError::NotAKey)?;
        let info = EncryptedPrivateKeyInfoRef::from_der(document.as_bytes());
        let info = info.map_err(|_| KeyFileError::UnknownEncryption)?;
        if label != EncryptedPrivateKeyInfoRef::PEM_LABEL {
            return Err(KeyFileError::NotAKey);
        }
        let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
            return Err(KeyFileError::UnknownEncryption);
        };
        if costs_too_much(&parameters.kdf) { Err(KeyFileError::TooCostly) } else { Ok(Self(document)) }
    }

    /// The key as PKCS#8 DER.
    pub(super) fn decrypt(&self, passphrase: &str) -> Result<SecretDocument, KeyFileError> {
        let info = EncryptedPrivateKeyInfoRef::from_der(self.0.as_bytes());
        let info = info.map_err(|_| KeyFileError::UnknownEncryption)?;
        info.decrypt(passphrase).map_err(|error| match error {
            pkcs8::Error::EncryptedPrivateKey(
                Pkcs5Error::UnsupportedAlgorithm { .. } | Pkcs5Error::AlgorithmParametersInvalid { .. },
            ) => KeyFileError::UnknownEncryption,
            // Wrong padding, or bytes that are no key: with another passphrase the one as the other.
            _ => KeyFileError::WrongPassphrase,
        })
    }
}

fn costs_too_much(kdf: &Kdf) -> bool {
    match kdf {
        Kdf::Pbkdf2(it) => it.iteration_count > ROUNDS_MOST,
        Kdf::Scrypt(it) => {
            let block = u64::from(it.block_size).saturating_mul(128);
            let passes = u64::from(it.parallelization);
            let memory = it.cost_parameter.saturating_add(passes).saturating_mul(block);
            memory > MEMORY_MOST || it.cost_parameter.saturating_mul(block).saturating_mul(passes) > WORK_MOST
        }
        _ => true,
    }
}

/// The PKCS#8 DER of a key, encrypted under `passphrase`, as PEM.
pub(super) fn encrypt(der: &[u8], passphrase: &str) -> Result<Zeroizing<String>, KeyFileError> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    getrandom::fill(&mut salt).map_err(|_| KeyFileError::Random)?;
    getrandom::fill(&mut iv).map_err(|_| KeyFileError::Random)?;
    let (log_n, r, p) = NEW;
    let params = Params::new(log_n, r, p).map_err(|_| KeyFileError::NotAKey)?;
    let parameters =
        Parameters::generate_scrypt_aes256cbc(params, &salt, iv).map_err(|_| KeyFileError::NotAKey)?;
    let info = PrivateKeyInfoRef::from_der(der).map_err(|_| KeyFileError::NotAKey)?;
    let encrypted = info.encrypt_with_params(parameters, passphrase).map_err(|_| KeyFileError::NotAKey)?;
    let label = EncryptedPrivateKeyInfo::<&OctetStringRef>::PEM_LABEL;
    encrypted.to_pem(label, LineEnding::LF).map_err(|_| KeyFileError::NotAKey)
}
