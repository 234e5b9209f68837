//! Who signs records, checkpoints and statements: a trait, so that a hardware module can, and a key in a file.

mod encrypted;

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

use counterfoil_record::key::{KeyError, PublicKey};
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use self::encrypted::{Encrypted, encrypt, is_encrypted};

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

/// An Ed25519 key from a PKCS#8 PEM file, as `openssl genpkey -algorithm ed25519` writes it, also under a
/// passphrase. Whoever reads an unencrypted file can sign with it.
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
    /// It is not a PKCS#8 PEM file of an Ed25519 key.
    #[error("not a PKCS#8 PEM file of an Ed25519 key")]
    NotAKey,
    /// It is encrypted, and nobody was there to be asked for the passphrase.
    #[error("the key is encrypted, and its passphrase cannot be asked for: {0}")]
    NoPassphrase(std::io::Error),
    /// It is encrypted in a way that is not known here.
    #[error("the key is encrypted in another way than PBES2 with AES, and scrypt or PBKDF2 with SHA-2")]
    UnknownEncryption,
    /// To derive the key would take more than anybody needs.
    #[error("the key asks for more memory or time to be decrypted than any key needs")]
    TooCostly,
    /// The passphrase does not decrypt it.
    #[error("the passphrase does not decrypt the key")]
    WrongPassphrase,
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
    /// [`KeyFileError::NotAKey`] for anything else, [`KeyFileError::NoPassphrase`] for an encrypted key.
    pub fn from_pem(pem: &str) -> Result<Self, KeyFileError> {
        Self::from_pem_with(pem, || Err(std::io::ErrorKind::Unsupported.into()))
    }

    /// The key in the PEM text. If it is encrypted, `ask` is asked for the passphrase.
    ///
    /// # Errors
    /// As [`KeyFileError`] says.
    pub fn from_pem_with(
        pem: &str,
        ask: impl FnOnce() -> std::io::Result<Zeroizing<String>>,
    ) -> Result<Self, KeyFileError> {
        let key = if is_encrypted(pem) {
            let encrypted = Encrypted::parse(pem)?;
            let passphrase = ask().map_err(KeyFileError::NoPassphrase)?;
            SigningKey::from_pkcs8_der(encrypted.decrypt(&passphrase)?.as_bytes())
        } else {
            SigningKey::from_pkcs8_pem(pem)
        };
        let key = key.map_err(|_| KeyFileError::NotAKey)?;
        let public = PublicKey::from_bytes(key.verifying_key().to_bytes())?;
        Ok(Self { key, public })
    }

    /// The key in the file.
    ///
    /// # Errors
    /// As [`KeyFileError`] says; [`KeyFileError::NoPassphrase`] for an encrypted key.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        Self::read_with(path, || Err(std::io::ErrorKind::Unsupported.into()))
    }

    /// The key in the file. If it is encrypted, `ask` is asked for the passphrase.
    ///
    /// # Errors
    /// As [`KeyFileError`] says.
    pub fn read_with(
        path: &Path,
        ask: impl FnOnce() -> std::io::Result<Zeroizing<String>>,
    ) -> Result<Self, KeyFileError> {
        let mut pem = Zeroizing::new(Vec::new());
        let read = File::open(path)?.take(FILE_MOST.saturating_add(1)).read_to_end(&mut pem)?;
        if u64::try_from(read).is_ok_and(|read| read > FILE_MOST) {
            return Err(KeyFileError::TooLong);
        }
        Self::from_pem_with(core::str::from_utf8(&pem).map_err(|_| KeyFileError::NotAKey)?, ask)
    }

    /// The key as PKCS#8 PEM text.
    ///
    /// # Errors
    /// [`KeyFileError::NotAKey`] never in practice.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyFileError> {
        let bytes = KeypairBytes { secret_key: self.key.to_bytes(), public_key: None };
        bytes.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyFileError::NotAKey)
    }

    /// The key as PKCS#8 PEM text, encrypted under `passphrase`: scrypt and AES-256-CBC, as OpenSSL reads them.
    ///
    /// # Errors
    /// [`KeyFileError::Random`].
    pub fn to_encrypted_pem(&self, passphrase: &str) -> Result<Zeroizing<String>, KeyFileError> {
        let der = self.key.to_pkcs8_der().map_err(|_| KeyFileError::NotAKey)?;
        encrypt(der.as_bytes(), passphrase)
    }

    /// Writes the key to a new file that only its owner may read.
    ///
    /// # Errors
    /// [`KeyFileError::Io`], also where there is a file.
    pub fn write_new(&self, path: &Path) -> Result<(), KeyFileError> {
        write_new(path, &self.to_pem()?)
    }

    /// Writes the key to a new file that only its owner may read, encrypted under `passphrase`.
    ///
    /// # Errors
    /// [`KeyFileError::Io`], also where there is a file.
    pub fn write_new_encrypted(&self, path: &Path, passphrase: &str) -> Result<(), KeyFileError> {
        write_new(path, &self.to_encrypted_pem(passphrase)?)
    }
}

fn write_new(path: &Path, pem: &str) -> Result<(), KeyFileError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(pem.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

impl Signer for FileKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(self.key.sign(message).to_bytes())
    }
}
