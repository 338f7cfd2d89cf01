//! The import of an export, line by line.

use super::{Import, not_read, open};
use crate::cli::Failure;
use crate::transfer::read::{KnownEndpoint, LineReader};
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// Maximum length of a line in bytes.
const LONGEST_LINE: u64 = 64 << 20;

/// Imports every line that can be imported.
pub(super) async fn import(
    file: &Path,
    endpoints: BTreeMap<String, KnownEndpoint>,
    import: &mut Import<'_>,
) -> Result<(), Failure> {
    let mut input = BufReader::with_capacity(1 << 16, open(file)?);
    let mut lines = LineReader::new(endpoints);
    let mut text = Vec::new();
    for number in 1_u64.. {
        text.clear();
        let read = next_line(&mut input, &mut text, LONGEST_LINE).map_err(|error| not_read(file, &error))?;
        import.bar.inc(read.bytes);
        if read.bytes == 0 {
            break;
        }
        let line = text.trim_ascii();
        let place = format!("line {number}");
        if read.is_cut {
            import.refuse(&place, &format!("it is longer than {LONGEST_LINE} bytes")).await?;
        } else if !line.is_empty() {
            match lines.read(line) {
                Ok(imported) => import.add(imported, line.len()).await?,
                Err(error) => import.refuse(&place, &error.to_string()).await?,
            }
        }
    }
    import.store().await
}

/// What was read of a line.
struct Read {
    /// Its length with its line break; 0 at the end of the file.
    bytes: u64,
    /// Whether it is longer than what is kept of it.
    is_cut: bool,
}

/// Reads a line with its line break, of which at most so many bytes are kept.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>, longest: u64) -> io::Result<Read> {
    let mut bytes = 0_u64;
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            return Ok(Read { bytes, is_cut: bytes > longest });
        }
        let end = available.iter().position(|byte| *byte == b'\n').map(|place| place + 1);
        let taken = end.unwrap_or(available.len());
        bytes += u64::try_from(taken).unwrap_or(u64::MAX);
        if bytes <= longest {
            line.extend_from_slice(&available[..taken]);
        }
        input.consume(taken);
        if end.is_some() {
            return Ok(Read { bytes, is_cut: bytes > longest });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let mut input = BufReader::with_capacity(4, &b"one\n0123456789\ntwo"[..]);
        let mut next = || {
            let mut line = Vec::new();
            let read = next_line(&mut input, &mut line, 8).unwrap();
            (String::from_utf8(line).unwrap(), read.bytes, read.is_cut)
        };
        assert_eq!(next(), ("one\n".to_owned(), 4, false));
        assert_eq!(next(), ("01234567".to_owned(), 11, true));
        assert_eq!(next(), ("two".to_owned(), 3, false));
        assert_eq!(next(), (String::new(), 0, false));
    }
}
