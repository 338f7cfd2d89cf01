//! The brotli form of a file.

use anyhow::Result;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// Writes a file, and its brotli form beside it.
pub fn write_both(file: &Path, content: &[u8]) -> Result<()> {
    fs::write(file, content)?;
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    fs::write(name, compressed(content)?)?;
    Ok(())
}

fn compressed(content: &[u8]) -> Result<Vec<u8>> {
    // The best there is, and the largest window: it takes about a second, once for each change.
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    writer.write_all(content)?;
    Ok(writer.into_inner())
}

/// Whether brotli makes files of this name smaller; pictures and fonts are compressed already.
pub fn is_worth_it(file: &Path) -> bool {
    let ending = file.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    ["css", "html", "ico", "js", "json", "map", "mjs", "svg", "txt", "wasm", "webmanifest", "xml"]
        .contains(&ending.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn the_compressed_form_reads_back_as_the_original() {
        let content = "a:hover { color: var(--accent) }\n".repeat(100);
        let small = compressed(content.as_bytes()).unwrap();
        assert!(small.len() < content.len() / 10);
        let mut back = String::new();
        brotli::Decompressor::new(small.as_slice(), 4096).read_to_string(&mut back).unwrap();
        assert_eq!(back, content);
    }
}
