//! Who signs records and checkpoints: a trait, so that a hardware module can, and a key in a file.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

use counterfoil_record::key::{KeyError, PublicKey};
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

/// One who signs for the log.
pub trait Signer {
    /// The public key.
    fn public_key(&self) -> &PublicKey;

    /// The Ed25519 signature over `message`.
    ///
    /// # Errors
    /// [`SignError`] where it cannot be had now.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError>;
}

/// A signature could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signer gives no signature: {0}")]
pub struct SignError(pub String);

/// The longest key file that is read, in bytes.
const FILE_MOST: u64 = 16 * 1024;

/// An Ed25519 key from a PKCS#8 PEM file, as `openssl genpkey -algorithm ed25519` writes it. Whoever reads
/// the file can sign records of the log.
#[derive(Debug)]
pub struct FileKey {
    key: SigningKey,
    public: PublicKey,
}

/// Why a key file cannot be used or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or made.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It is longer than any key file.
    #[error("longer than {FILE_MOST} bytes")]
    TooLong,
    /// It is not an unencrypted PKCS#8 PEM file of an Ed25519 key.
    #[error("not an unencrypted PKCS#8 PEM file of an Ed25519 key")]
    NotAKey,
    /// The operating system gives no randomness.
    #[error("there is no usable randomness")]
    Random,
    /// The public key may not sign.
    #[error(transparent)]
    Public(#[from] KeyError),
}

impl FileKey {
    /// A new random key, in memory.
    ///
    /// # Errors
    /// [`KeyFileError::Random`].
    pub fn generate() -> Result<Self, KeyFileError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut_slice()).map_err(|_| KeyFileError::Random)?;
        Self::from_seed(&seed)
    }

    /// The key of a 32-byte seed (RFC 8032 section 5.1.5). A seed that is known is no secret.
    ///
    /// # Errors
    /// [`KeyFileError::Public`] never in practice.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyFileError> {
        let key = SigningKey::from_bytes(seed);
        let public = PublicKey::from_bytes(key.verifying_key().to_bytes())?;
        Ok(Self { key, public })
    }

    /// The key in the PEM text.
    ///
    /// # Errors
    /// [`KeyFileError::NotAKey`] for anything else, encrypted keys included.
    pub fn from_pem(pem: &str) -> Result<Self, KeyFileError> {
        let key = SigningKey::from_pkcs8_pem(pem).map_err(|_| KeyFileError::NotAKey)?;
        let public = PublicKey::from_bytes(key.verifying_key().to_bytes())?;
        Ok(Self { key, public })
    }

    /// The key in the file.
    ///
    /// # Errors
    /// As [`KeyFileError`] says.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let mut pem = Zeroizing::new(Vec::new());
        let read = File::open(path)?.take(FILE_MOST.saturating_add(1)).read_to_end(&mut pem)?;
        if u64::try_from(read).is_ok_and(|read| read > FILE_MOST) {
            return Err(KeyFileError::TooLong);
        }
        Self::from_pem(core::str::from_utf8(&pem).map_err(|_| KeyFileError::NotAKey)?)
    }

    /// The key as PKCS#8 PEM text.
    ///
    /// # Errors
    /// [`KeyFileError::NotAKey`] never in practice.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyFileError> {
        let bytes = KeypairBytes { secret_key: self.key.to_bytes(), public_key: None };
        bytes.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyFileError::NotAKey)
    }

    /// Writes the key to a new file that only its owner may read.
    ///
    /// # Errors
    /// [`KeyFileError::Io`], also where there is a file.
    pub fn write_new(&self, path: &Path) -> Result<(), KeyFileError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(self.to_pem()?.as_bytes())?;
        file.sync_all()?;
        Ok(())
    }
}

impl Signer for FileKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(self.key.sign(message).to_bytes())
    }
}
