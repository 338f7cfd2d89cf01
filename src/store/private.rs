//! Files and folders that hold personal data: accessible to their owner alone, and owned by the owner of the folder
//! around them, so that a command run as root leaves no file that the service cannot open.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Returns the folder of a file; the current one for a bare name.
pub fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Returns the path with a suffix appended to its name, such as `-wal`.
pub fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Creates an empty file that only its owner may read, unless it exists. SQLite gives the files it creates beside a
/// database the same permissions and owner.
pub fn make_file(file: &Path) -> io::Result<()> {
    match create(OpenOptions::new().write(true).create_new(true), file) {
        Ok(made) => give_to_owner_of(folder_of(file), file, &made),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Opens a file for writing from its beginning, and creates it as [`make_file`] does when it is missing.
pub fn open_to_write(file: &Path) -> io::Result<File> {
    make_file(file)?;
    OpenOptions::new().read(true).write(true).open(file)
}

/// Creates a folder that only its owner may enter, unless it exists; not its parents.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let mut maker = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    match maker.create(folder) {
        Ok(()) => {
            let above = folder_of(folder);
            give_to_owner_of(above, folder, &File::open(folder)?)
        }
        // Another process may have created it concurrently.
        Err(_) if folder.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Removes the permissions of others that earlier versions gave to these files. Those of the group stay, as they were
/// given on purpose. Files of another owner and missing ones are skipped.
pub fn close_to_others(files: &[PathBuf]) {
    #[cfg(unix)]
    for file in files {
        use std::os::unix::fs::PermissionsExt as _;
        let Ok(found) = file.metadata() else { continue };
        let mode = found.permissions().mode();
        if mode.is_multiple_of(0o10) {
            continue;
        }
        let closed = std::fs::Permissions::from_mode(mode & 0o770);
        if let Err(error) = std::fs::set_permissions(file, closed) {
            tracing::warn!(file = %file.display(), %error, "other users of this machine can read this file");
        }
    }
    #[cfg(not(unix))]
    let _ = files;
}

fn create(options: &mut OpenOptions, file: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(file)
}

/// Changes the owner to that of the folder. Only root can do so, and only root needs to.
fn give_to_owner_of(folder: &Path, path: &Path, made: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let (owner, ours) = (folder.metadata()?, made.metadata()?);
        let is_ours = (owner.uid(), owner.gid()) == (ours.uid(), ours.gid());
        if ours.uid() == 0
            && !is_ours
            && let Err(error) = fchown(made, Some(owner.uid()), Some(owner.gid()))
        {
            tracing::warn!(
                file = %path.display(), %error,
                "this file belongs to root, and the owner of its folder cannot open it"
            );
        }
    }
    #[cfg(not(unix))]
    let _ = (folder, path, made);
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_for_its_owner_alone_and_what_is_there_keeps_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, file) = (folder.path().join("data"), folder.path().join("data/a.db"));
        make_folder(&inner).unwrap();
        make_folder(&inner).unwrap();
        make_file(&file).unwrap();
        assert_eq!((mode(&inner), mode(&file)), (0o700, 0o600));

        std::fs::write(&file, "kept").unwrap();
        make_file(&file).unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"kept");
        assert!(make_folder(&folder.path().join("a/b")).is_err(), "a path that is wrong further up is a slip");
    }

    #[test]
    fn an_older_file_is_closed_to_others_and_stays_open_to_its_group() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        std::fs::write(&file, "").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o664)).unwrap();
        close_to_others(&[file.clone(), folder.path().join("missing")]);
        assert_eq!(mode(&file), 0o660);
    }

    #[test]
    fn what_root_makes_belongs_to_the_owner_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        if folder.path().metadata().unwrap().uid() != 0 {
            eprintln!("skipped: only root can give files away");
            return;
        }
        std::os::unix::fs::chown(folder.path(), Some(1234), Some(1235)).unwrap();
        let (inner, file) = (folder.path().join("data"), folder.path().join("data/a.db"));
        make_folder(&inner).unwrap();
        make_file(&file).unwrap();
        for path in [&inner, &file] {
            let found = path.metadata().unwrap();
            assert_eq!((found.uid(), found.gid()), (1234, 1235), "{}", path.display());
        }
    }
}
