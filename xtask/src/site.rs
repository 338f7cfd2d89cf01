//! Builds the browser's files in `target/site`: WASM and its JavaScript, the style sheet, the files of `public/`.
//!
//! Names under `pkg/` contain a hash of the content, so that they may be cached for ever; `manifest.json` has the
//! current names. Text and WASM files have brotli and gzip forms beside them, so that nothing is compressed per
//! request.

pub mod browser;
mod compress;
mod stamp;
mod style;

use crate::environment;
use crate::program::with_progress;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Builds what is not up to date.
pub fn build() -> Result<Site> {
    let site = environment::site();
    fs::create_dir_all(site.join("pkg"))?;
    let old = Site::open().ok();

    let inputs = stamp::of(&["Cargo.toml", "Cargo.lock", ".cargo", "app", "frontend", "xtask/src/site"])?;
    let output_name = match &old {
        Some(old) if stamp::holds(&site, "browser", &inputs) => old.output_name.clone(),
        _ => {
            let name = with_progress("Building the browser side (about two minutes the first time)", || {
                browser::build(&site.join("pkg"))
            })?;
            stamp::keep(&site, "browser", &inputs)?;
            name
        }
    };

    let inputs = stamp::of(&["style", "public", "xtask/src/site"])?;
    let css = match &old {
        Some(old) if stamp::holds(&site, "style", &inputs) => old.css.clone(),
        _ => {
            let css = style::build(&site)?;
            stamp::keep(&site, "style", &inputs)?;
            css
        }
    };

    let new = Site { output_name, css };
    new.save()?;
    Ok(new)
}

/// Creates the folder that a release build embeds, which must exist even for a type check.
pub fn create_site_folder() -> Result<()> {
    fs::create_dir_all(environment::site()).context("target/site cannot be made")
}

/// The names in `manifest.json`.
pub struct Site {
    /// `junoscope-<hash>`: the WASM and the JavaScript without their extensions.
    pub output_name: String,
    /// `/pkg/junoscope-<hash>.css`.
    pub css: String,
}

impl Site {
    fn open() -> Result<Self> {
        let manifest: Value = serde_json::from_slice(&fs::read(environment::site().join("manifest.json"))?)?;
        let field = |name| manifest.get(name).and_then(Value::as_str).map(str::to_owned).context("not in the manifest");
        let site = Self { output_name: field("output_name")?, css: field("css")? };
        for file in [site.js(), site.wasm(), site.css.clone()] {
            fs::metadata(environment::site().join(file.trim_start_matches('/')))?;
        }
        Ok(site)
    }

    /// Written last, and only when it differs, so that the server is not rebuilt needlessly.
    fn save(&self) -> Result<()> {
        let file = environment::site().join("manifest.json");
        let text = json!({ "output_name": self.output_name, "css": self.css }).to_string();
        if fs::read_to_string(&file).ok().as_deref() != Some(text.as_str()) {
            fs::write(file, text)?;
        }
        Ok(())
    }

    /// Returns the URL path of the JavaScript.
    pub fn js(&self) -> String {
        format!("/pkg/{}.js", self.output_name)
    }

    /// Returns the URL path of the WASM.
    pub fn wasm(&self) -> String {
        format!("/pkg/{}.wasm", self.output_name)
    }

    /// Returns the compressed size of a file, in bytes.
    pub fn bytes_on_the_wire(path: &str) -> Result<u64> {
        let file = environment::site().join(format!("{}.br", path.trim_start_matches('/')));
        Ok(fs::metadata(&file).with_context(|| format!("{} is missing", file.display()))?.len())
    }
}

/// Removes files of earlier builds, which would be embedded otherwise.
fn remove_others(folder: &Path, ending: &str, keep: &str) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = compress::ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
        if name.starts_with("junoscope-") && name.ends_with(ending) && name != format!("{keep}{ending}") {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
