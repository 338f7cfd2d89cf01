//! Password hashing and verification with argon2id, off the threads that serve requests.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Returns the PHC string of a new password; `None` if hashing failed.
pub async fn hash(password: String, slots: &Arc<Semaphore>) -> Option<String> {
    in_slot(slots, move || {
        let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes()).ok()?;
        Some(hash.to_string())
    })
    .await
    .flatten()
}

/// Returns whether the password matches the hash. Without one (an unknown address, no password set) it hashes all the
/// same, so that the response time does not reveal who has an account.
pub async fn matches(password: String, stored: Option<String>, slots: &Arc<Semaphore>) -> bool {
    let Some(stored) = stored else {
        hash(password, slots).await;
        return false;
    };
    let verified = in_slot(slots, move || {
        PasswordHash::new(&stored)
            .is_ok_and(|stored| Argon2::default().verify_password(password.as_bytes(), &stored).is_ok())
    });
    verified.await.unwrap_or(false)
}

/// Runs heavy work when a slot is free; `None` if it panicked.
pub async fn in_slot<T: Send + 'static>(
    slots: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    tokio::task::spawn_blocking(move || {
        // Held by the work itself: an abandoned request must not free a slot that is still in use.
        let _slot = slot;
        work()
    })
    .await
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let slots = Arc::new(Semaphore::new(1));
        let stored = hash("correct horse battery".to_owned(), &slots).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(matches("correct horse battery".to_owned(), Some(stored.clone()), &slots).await);
        assert!(!matches("correct horse batterz".to_owned(), Some(stored), &slots).await);
        assert!(!matches("correct horse battery".to_owned(), None, &slots).await);
        assert!(!matches("correct horse battery".to_owned(), Some("nonsense".to_owned()), &slots).await);
    }
}
