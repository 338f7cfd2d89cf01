//! The style sheet, and the files that are served as they are.

use super::compress::{is_worth_it, write_all};
use super::{remove_others, stamp};
use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// The first files in order: `layers` must declare the cascade layers before any is used. The other files of the folder
/// follow by name; each declares its layer.
const ORDER: [&str; 7] = ["layers", "reset", "tokens", "base", "layout", "components", "pages"];

/// Writes the style sheet and the public files; returns the style sheet's URL path.
pub fn build(site: &Path) -> Result<String> {
    let mut css = String::new();
    let known: Vec<PathBuf> = ORDER.iter().map(|name| Path::new("style").join(name).with_extension("css")).collect();
    let mut others = stamp::files_below(Path::new("style"))?;
    others.retain(|file| file.extension().is_some_and(|extension| extension == "css") && !known.contains(file));
    others.sort();
    for file in known.iter().chain(&others) {
        css.push_str(&fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?);
        css.push('\n');
    }
    let name = format!("junoscope-{}", stamp::short_hex(Sha256::new_with_prefix(&css)));
    write_all(&site.join("pkg").join(&name).with_extension("css"), css.as_bytes())?;
    remove_others(&site.join("pkg"), ".css", &name)?;
    copy_public(site)?;
    Ok(format!("/pkg/{name}.css"))
}

fn copy_public(site: &Path) -> Result<()> {
    // Other files at the root of the site were public files that no longer exist.
    for entry in fs::read_dir(site)? {
        let entry = entry?;
        if entry.file_name() == "pkg" || entry.file_name() == "manifest.json" {
            continue;
        }
        if entry.path().is_dir() { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
    }
    for file in stamp::files_below(Path::new("public"))? {
        let to = site.join(file.strip_prefix("public")?);
        fs::create_dir_all(to.parent().unwrap_or(site))?;
        let content = fs::read(&file)?;
        if is_worth_it(&file) { write_all(&to, &content)? } else { fs::write(&to, &content)? }
    }
    Ok(())
}
