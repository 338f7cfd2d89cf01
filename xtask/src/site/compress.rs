//! The compressed forms of a file: brotli for browsers that accept it, gzip for all others and for plain http.

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// The extensions of the compressed forms.
pub const ENDINGS: [&str; 2] = [".br", ".gz"];

/// Writes a file, and its compressed forms beside it.
pub fn write_all(file: &Path, content: &[u8]) -> Result<()> {
    fs::write(file, content)?;
    for (ending, form) in ENDINGS.into_iter().zip([brotli(content)?, gzip(content)?]) {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        fs::write(name, form)?;
    }
    Ok(())
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(content)?;
    Ok(writer.finish()?)
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    // The highest quality and the largest window: it takes about a second per change.
    let mut writer = ::brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    writer.write_all(content)?;
    Ok(writer.into_inner())
}

/// Returns whether compression helps, by the file's extension; images and fonts are compressed already.
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
    fn each_compressed_form_reads_back_as_the_original() {
        let content = "a:hover { color: var(--accent) }\n".repeat(100);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("some.css");
        write_all(&file, content.as_bytes()).unwrap();
        let form = |ending: &str| fs::read(folder.path().join(format!("some.css{ending}"))).unwrap();
        let (br, gz) = (form(".br"), form(".gz"));
        let mut forms: [Box<dyn std::io::Read>; 2] = [
            Box::new(::brotli::Decompressor::new(br.as_slice(), 4096)),
            Box::new(flate2::read::GzDecoder::new(gz.as_slice())),
        ];
        for (form, length) in forms.iter_mut().zip([br.len(), gz.len()]) {
            assert!(length < content.len() / 10);
            let mut back = String::new();
            form.read_to_string(&mut back).unwrap();
            assert_eq!(back, content);
        }
    }
}
