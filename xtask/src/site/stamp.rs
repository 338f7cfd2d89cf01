//! Build stamps, which tell whether something was already built from exactly these inputs.

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// Returns a hash of the content of all these files and folders; missing ones count as empty.
///
/// Content and not modification times, which a fresh checkout or switching branches changes.
pub fn of(paths: &[&str]) -> Result<String> {
    let mut hash = Sha256::new();
    for path in paths {
        for file in files_below(Path::new(path))? {
            hash.update(file.to_string_lossy().as_bytes());
            hash.update([0]);
            hash.update(Sha256::digest(fs::read(&file)?));
        }
    }
    Ok(short_hex(hash))
}

/// Returns whether the part was last built from these inputs.
pub fn holds(site: &Path, part: &str, inputs: &str) -> bool {
    fs::read_to_string(file(site, part)).is_ok_and(|kept| kept == inputs)
}

/// Stores the inputs that the part was built from.
pub fn keep(site: &Path, part: &str, inputs: &str) -> Result<()> {
    fs::write(file(site, part), inputs).context("target cannot be written to")
}

/// Beside the site, as everything in it is shipped.
fn file(site: &Path, part: &str) -> PathBuf {
    site.with_file_name(format!("site-{part}.stamp"))
}

/// Returns every file below a path, sorted; a file is below itself.
pub fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            files.extend(files_below(&entry?.path())?);
        }
    }
    files.sort();
    Ok(files)
}

/// Returns the first 16 hexadecimal digits.
pub fn short_hex(hash: Sha256) -> String {
    use std::fmt::Write as _;
    hash.finalize().iter().take(8).fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_changes_with_the_content_and_with_the_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        fs::write(folder.path().join("a"), "1").unwrap();
        let first = of(&[path]).unwrap();
        assert_eq!(first, of(&[path]).unwrap());
        fs::write(folder.path().join("a"), "2").unwrap();
        assert_ne!(first, of(&[path]).unwrap());
        fs::write(folder.path().join("a"), "1").unwrap();
        fs::rename(folder.path().join("a"), folder.path().join("b")).unwrap();
        assert_ne!(first, of(&[path]).unwrap());
    }
}
